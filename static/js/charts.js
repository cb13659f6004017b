// Draw charts from JSON in the page, in the colours of the theme.

const colours = ["#2f7df6", "#1f9d6b", "#e29a1b", "#8457d6", "#d64c45", "#3aa6b9", "#8a97a8"];
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(data) {
  const ink = css("--ink-soft");
  const line = css("--line");
  const axis = { axisLabel: { color: ink }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  const unit = data.unit ? (value) => `${Number(value).toLocaleString()} ${data.unit}` : (value) => Number(value).toLocaleString();
  const base = {
    color: colours, animationDuration: 300, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    tooltip: { trigger: data.kind === "pie" || data.kind === "heat" ? "item" : "axis", valueFormatter: unit, confine: true },
    grid: { left: 8, right: 12, top: data.series.length > 1 ? 36 : 16, bottom: 4, containLabel: true },
    legend: data.series.length > 1 || data.kind === "pie" ? { top: 0, textStyle: { color: ink }, type: "scroll", itemWidth: 14, itemHeight: 8 } : undefined,
  };
  if (data.kind === "pie") {
    return { ...base, series: [{ type: "pie", radius: ["48%", "72%"], top: 24, label: { color: ink },
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
    return { ...base, xAxis: { type: "value", max: data.x.at(-1), ...axis, axisLabel: { color: ink, formatter: unit } }, yAxis: { type: "value", ...axis },
      series: data.series.map((row) => ({ name: row.name, type: "line", showSymbol: false, data: row.data.map((value, i) => [data.x[i], value]) })) };
  }
  const stacked = data.kind === "stack";
  return { ...base,
    xAxis: { type: "category", data: data.labels, ...axis }, yAxis: { type: "value", ...axis },
    series: data.series.map((row) => ({ name: row.name, data: row.data, type: data.kind === "line" ? "line" : "bar",
      stack: stacked ? "all" : undefined, smooth: false, showSymbol: row.data.filter((value) => value != null).length < 3, barMaxWidth: 36, emphasis: { focus: "series" } })) };
}

export async function draw(figures, load, vendor) {
  await load(vendor("echarts/echarts.min.js"));
  for (const figure of figures) {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const chart = window.echarts.init(figure.querySelector(".chart-canvas"), null, { renderer: "svg" });
    chart.setOption(options(data));
    new ResizeObserver(() => chart.resize()).observe(figure);
    document.addEventListener("themechange", () => chart.setOption(options(data), true));
    if (data.links) chart.on("click", (event) => { const url = data.links[event.dataIndex]; if (url) window.location.href = url; });
  }
}
