// Draws the charts of a page from the JSON beside them. The table below each chart has the same figures.
"use strict";

const charts = (() => {
    const language = document.documentElement.lang || "en";
    const numbers = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
    const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
    const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
    const shortDays = new Intl.DateTimeFormat(language, { month: "short", day: "numeric", timeZone: "UTC" });
    const LINES = ["solid", "dashed", "dotted", [8, 3, 2, 3]];
    const SYMBOLS = ["circle", "rect", "triangle", "diamond"];
    const drawn = new Map();
    const maps = new Map();

    function color(name) {
        return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    }

    function palette() {
        return Array.from({ length: 8 }, (_unused, index) => color(`chart-${index + 1}`));
    }

    function shown(value, kind) {
        if (value === null || value === undefined || value === "-" || Number.isNaN(value)) return "–";
        return kind === "percent" ? `${numbers.format(value)} %` : numbers.format(value);
    }

    function label(spec, value, formatter = days) {
        if (value in spec.labels) return spec.labels[value];
        if (spec.x.kind === "day") return formatter.format(new Date(`${String(value).slice(0, 10)}T00:00:00Z`));
        return typeof value === "number" ? numbers.format(value) : String(value);
    }

    // The whole numbers between the lowest and the highest one have a place on the axis, even without learners.
    function filled(spec) {
        const known = spec.categories;
        const low = Math.min(...known), high = Math.max(...known);
        if (spec.kind !== "histogram" || high - low > 150) return spec;
        const places = Array.from({ length: high - low + 1 }, (_unused, index) => low + index);
        const at = new Map(known.map((value, index) => [value, index]));
        return {
            ...spec,
            categories: places,
            series: spec.series.map((each) => ({
                ...each, values: places.map((place) => (at.has(place) ? each.values[at.get(place)] : 0)),
            })),
        };
    }

    function textStyle() {
        return { color: color("text"), fontFamily: getComputedStyle(document.body).fontFamily };
    }

    function common(spec) {
        const style = textStyle();
        return {
            animation: false,
            color: palette(),
            textStyle: style,
            // Bars that stand on each other have patterns, too. The text beside the chart is better than that of the library.
            aria: { enabled: true, label: { enabled: false }, decal: { show: spec.kind === "stacked" } },
            tooltip: {
                // The default would write HTML with inline styles, which the content security policy forbids.
                renderMode: "richText",
                confine: true,
                backgroundColor: color("panel"),
                borderColor: color("line"),
                textStyle: { ...style, fontSize: 13 },
            },
        };
    }

    // The lines of a legend in this width; the letters of its font are about 7 pixels wide.
    function legendLines(spec, width) {
        const needed = spec.series.reduce((sum, each) => sum + each.label.length * 7 + 45, 0);
        return spec.series.length > 1 ? Math.ceil(needed / Math.max(200, width - 30)) : 0;
    }

    // Where there is room, lines and areas have their names at their ends, so that nobody has to tell their colors apart.
    function namesAtEnds(spec, width) {
        return ["lines", "area"].includes(spec.kind) && spec.series.length > 1 && width > 560;
    }

    function axes(spec, width) {
        const longest = Math.max(...spec.series.map((each) => each.label.length));
        const right = namesAtEnds(spec, width) ? Math.min(200, 24 + 7 * longest) : 20;
        const line = { lineStyle: { color: color("line") } };
        const quiet = { color: color("quiet") };
        return {
            grid: { left: 8, right, top: 34 + 20 * legendLines(spec, width), bottom: 30, containLabel: true },
            xAxis: {
                type: "category",
                data: spec.categories,
                name: spec.x.name,
                nameLocation: "middle",
                nameGap: 28,
                nameTextStyle: quiet,
                boundaryGap: !["lines", "area"].includes(spec.kind),
                axisLine: line,
                axisTick: { show: false },
                axisLabel: {
                    ...quiet,
                    hideOverlap: true,
                    formatter: (value) => label(spec, spec.x.kind === "number" ? Number(value) : value, shortDays),
                },
            },
            yAxis: {
                type: "value",
                name: spec.unit,
                nameLocation: "end",
                nameTextStyle: { ...quiet, align: "left" },
                minInterval: spec.series.some((each) => each.kind === "percent") ? 0 : 1,
                axisLabel: { ...quiet, formatter: (value) => compact.format(value) },
                splitLine: line,
            },
            legend: {
                show: spec.series.length > 1, type: "plain", top: 0, left: 0, icon: "roundRect",
                textStyle: textStyle(), inactiveColor: color("quiet"),
            },
        };
    }

    function tooltipText(spec) {
        return (points) => {
            const list = Array.isArray(points) ? points : [points];
            const lines = list.map((point) => {
                const series = spec.series[point.seriesIndex];
                return `${series.label}: ${shown(point.value, series.kind)}`;
            });
            return [label(spec, spec.categories[list[0].dataIndex]), ...lines].join("\n");
        };
    }

    function cartesian(given, width) {
        const spec = filled(given);
        const isLine = ["lines", "area"].includes(spec.kind);
        const options = { ...common(spec), ...axes(spec, width) };
        options.tooltip = {
            ...options.tooltip, trigger: "axis", formatter: tooltipText(spec), axisPointer: { type: isLine ? "line" : "shadow" },
        };
        const marks = Object.entries(spec.marks);
        options.series = spec.series.map((each, index) => ({
            id: each.name,
            name: each.label,
            type: isLine ? "line" : "bar",
            stack: ["area", "stacked"].includes(spec.kind) ? "all" : undefined,
            data: each.values,
            barMaxWidth: 48,
            barCategoryGap: spec.kind === "histogram" ? "10%" : "30%",
            areaStyle: spec.kind === "area" ? { opacity: 0.55 } : undefined,
            lineStyle: { width: 2, type: spec.kind === "lines" ? LINES[index % LINES.length] : "solid" },
            symbol: SYMBOLS[index % SYMBOLS.length],
            symbolSize: 6,
            showSymbol: spec.categories.length < 32,
            itemStyle: spec.kind === "histogram" || spec.kind === "bars" ? { borderRadius: [3, 3, 0, 0] } : undefined,
            endLabel: { show: namesAtEnds(spec, width), formatter: each.label, color: color(`chart-${(index % 8) + 1}`), distance: 6 },
            labelLayout: { moveOverlap: "shiftY" },
            markLine: index === 0 && marks.length ? {
                symbol: "none", silent: true, lineStyle: { color: color("quiet"), type: "dashed" },
                label: { color: color("text"), formatter: (point) => point.name },
                data: marks.map(([at, name]) => ({ name, xAxis: spec.x.kind === "number" ? spec.categories.indexOf(Number(at)) : at })),
            } : undefined,
        }));
        return options;
    }

    function geographic(spec) {
        const [series] = spec.series;
        const most = Math.max(...series.values, 1);
        const options = common(spec);
        options.tooltip.formatter = (point) =>
            `${label(spec, point.name)}: ${point.data ? shown(point.value, series.kind) : shown(0)}`;
        return {
            ...options,
            visualMap: {
                type: "continuous", min: 0, max: most, left: 8, bottom: 8, calculable: false, itemHeight: 90, itemWidth: 12,
                inRange: { color: [color("map-low"), color("map-high")] },
                text: [compact.format(most), "0"], textStyle: textStyle(),
            },
            series: [{
                id: series.name, name: series.label, type: "map", map: "world", nameProperty: "name",
                roam: false, scaleLimit: { min: 1, max: 12 }, selectedMode: "single", top: 8, bottom: 8, left: 0, right: 0,
                itemStyle: { areaColor: color("map-empty"), borderColor: color("panel"), borderWidth: 0.5 },
                label: { show: false },
                emphasis: { label: { show: false }, itemStyle: { areaColor: color("chart-2") } },
                select: { label: { show: false }, itemStyle: { areaColor: color("chart-2") } },
                data: spec.categories.map((name, index) => ({ name, value: series.values[index] })),
            }],
        };
    }

    async function prepared(element, spec) {
        if (spec.kind !== "map" || maps.has(element.dataset.map)) return;
        const answer = await fetch(element.dataset.map);
        echarts.registerMap("world", await answer.json());
        maps.set(element.dataset.map, true);
    }

    function options(spec, width) {
        return spec.kind === "map" ? geographic(spec) : cartesian(spec, width);
    }

    async function draw(element) {
        const spec = JSON.parse(document.getElementById(`${element.id}-spec`).textContent);
        await prepared(element, spec);
        element.replaceChildren();
        const chart = echarts.init(element, null, { renderer: "canvas" });
        chart.setOption(options(spec, element.clientWidth));
        drawn.set(element, { chart, spec });
        element.dataset.drawn = "true";
        element.dispatchEvent(new CustomEvent("chart-drawn", { bubbles: true, detail: { chart, spec } }));
    }

    function redraw() {
        for (const [element, { chart, spec }] of drawn) {
            chart.setOption(options(spec, element.clientWidth), { notMerge: true });
        }
    }

    // A map cannot be laid out in a window without any width, as browsers have it while they print.
    addEventListener("resize", () => drawn.forEach(({ chart }, element) => element.clientWidth && chart.resize()));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    addEventListener("beforeprint", () => { document.documentElement.dataset.print = ""; redraw(); });
    addEventListener("afterprint", () => { delete document.documentElement.dataset.print; redraw(); });
    const all = document.querySelectorAll(".chart");
    Promise.all([...all].map(draw)).then(() => { if (all.length) performance.mark("charts-drawn"); });
    return { draw, drawn };
})();
