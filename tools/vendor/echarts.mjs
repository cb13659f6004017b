import * as echarts from "echarts/core.js";
import { LineChart, BarChart, PieChart, HeatmapChart, GraphChart } from "echarts/charts.js";
import { GridComponent, TooltipComponent, LegendComponent, VisualMapComponent, MarkLineComponent, DatasetComponent, AriaComponent } from "echarts/components.js";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers.js";
import { LegacyGridContainLabel } from "echarts/features.js";
import zh from "echarts/i18n/langZH-obj.js";
echarts.use([LineChart, BarChart, PieChart, HeatmapChart, GraphChart, GridComponent, TooltipComponent, LegendComponent, VisualMapComponent, MarkLineComponent, DatasetComponent, AriaComponent, CanvasRenderer, SVGRenderer, LegacyGridContainLabel]);
echarts.registerLocale("ZH", zh);
export const { init, registerTheme, getInstanceByDom } = echarts;
