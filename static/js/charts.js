// Draw charts from JSON in the page, in the colours of the theme.

const colours = ["#2f7df6", "#1f9d6b", "#e29a1b", "#8457d6", "#d64c45", "#3aa6b9", "#8a97a8"];
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Below this a figure has no room for words beside a ring, nor for long words under a bar.
const NARROW = 520;
const FEW = 6;
const ROOM = 64;

// How much a part of a ring is, said in its legend: name, figure, share.
function told(data) {
  const values = data.series[0].data;
  const sum = values.reduce((all, value) => all + (value || 0), 0);
  return (name) => {
    const value = values[data.labels.indexOf(name)] || 0;
    return `${name} ${value.toLocaleString()}${sum ? ` (${Math.round((100 * value) / sum)}%)` : ""}`;
  };
}

function options(data, wide) {
  const ink = css("--ink-soft");
  const line = css("--line");
  const axis = { axisLabel: { color: ink }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  const share = data.unit === "%";
  const unit = data.unit ? (value) => (value == null ? "—" : `${Number(value).toLocaleString()}${share ? "" : " "}${data.unit}`) : (value) => (value == null ? "—" : Number(value).toLocaleString());
  // Shares run from 0 to 100 on every chart; other figures name their unit above the axis.
  const figures = { type: "value", ...axis,
    ...(share ? { min: 0, max: 100, axisLabel: { color: ink, formatter: "{value}%" } } : { name: data.unit, nameTextStyle: { color: ink, align: "right" }, nameGap: 10 }) };
  const words = { type: "category", data: data.labels, ...axis };
  const room = data.labels ? (wide - 56) / data.labels.length - 4 : 0;
  if (data.labels && (data.labels.length <= FEW || room >= ROOM)) {
    words.axisLabel = { color: ink, interval: 0, fontSize: wide < NARROW ? 11 : 12, width: Math.max(48, room), overflow: "break" };
  }
  const base = {
    color: colours, animationDuration: 300, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { trigger: data.kind === "pie" || data.kind === "heat" ? "item" : "axis", valueFormatter: unit, confine: true },
    grid: { left: 8, right: 12, top: (data.series.length > 1 ? 36 : 16) + (data.unit && !share ? 18 : 0), bottom: 4, containLabel: true },
    legend: data.series.length > 1 || data.kind === "pie" ? { top: 0, textStyle: { color: ink }, type: "scroll", itemWidth: 14, itemHeight: 8 } : undefined,
  };
  if (data.kind === "pie") {
    const narrow = wide < NARROW;
    return { ...base,
      legend: { ...base.legend, type: "plain", formatter: told(data), icon: "roundRect",
        ...(narrow ? { top: "auto", bottom: 0, left: "center" } : { top: "middle", right: "8%", orient: "vertical", itemGap: 12 }) },
      series: [{ type: "pie", radius: narrow ? ["40%", "66%"] : ["48%", "78%"], center: narrow ? ["50%", "34%"] : ["32%", "50%"], label: { show: false },
        data: data.labels.map((name, i) => ({ name, value: data.series[0].data[i] })) }] };
  }
  if (data.kind === "heat") {
    const cells = data.series.flatMap((row, y) => row.data.map((value, x) => [x, y, value ?? 0]));
    return { ...base, legend: undefined, grid: { ...base.grid, bottom: 48 },
      xAxis: { type: "category", data: data.labels, ...axis }, yAxis: { type: "category", data: data.series.map((row) => row.name), ...axis },
      visualMap: { min: 0, max: Math.max(1, ...cells.map((cell) => cell[2])), orient: "horizontal", left: "center", bottom: 0, textStyle: { color: ink },
        inRange: { color: [css("--hover"), css("--accent")] } },
      series: [{ type: "heatmap", data: cells, label: { show: true, color: css("--ink") }, itemStyle: { borderColor: css("--paper"), borderWidth: 2 } }] };
  }
  // A curve over figures that lie unevenly: the axis keeps their distance.
  if (data.kind === "curve") {
    return { ...base, xAxis: { type: "value", max: data.x.at(-1), ...axis, axisLabel: { color: ink, formatter: unit, hideOverlap: true } }, yAxis: figures,
      series: data.series.map((row) => ({ name: row.name, type: "line", showSymbol: false, data: row.data.map((value, i) => [data.x[i], value]) })) };
  }
  const stacked = data.kind === "stack";
  return { ...base,
    xAxis: words, yAxis: figures,
    series: data.series.map((row) => ({ name: row.name, data: row.data, type: data.kind === "line" ? "line" : "bar",
      stack: stacked ? "all" : undefined, smooth: false, showSymbol: row.data.filter((value) => value != null).length < 3, barMaxWidth: 36, emphasis: { focus: "series" } })) };
}

export async function draw(figures, load, vendor) {
  await load(vendor("echarts/echarts.min.js"));
  for (const figure of figures) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector(".chart-canvas");
    const chart = window.echarts.init(canvas, null, { renderer: "svg" });
    let wide = 0;
    const show = () => {
      wide = canvas.clientWidth;
      canvas.classList.toggle("chart-ring", data.kind === "pie" && wide < NARROW);
      chart.resize();
      chart.clear();
      chart.setOption(options(data, wide));
    };
    show();
    new ResizeObserver(() => { if (canvas.clientWidth !== wide) show(); }).observe(figure);
    document.addEventListener("themechange", show);
    if (data.links) chart.on("click", (event) => { const url = data.links[event.dataIndex]; if (url) window.location.href = url; });
  }
}
