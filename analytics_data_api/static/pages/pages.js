// What a page adds where there is JavaScript: copying, and tables and charts that select each other.
"use strict";

// The button copies the form of the request that is shown.
for (const button of document.querySelectorAll("button.copy")) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
        const shown = [...button.parentElement.querySelectorAll("pre")].find((each) => each.offsetParent !== null);
        await navigator.clipboard.writeText(shown.textContent.trim());
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = label; }, 2000);
    });
}

// A country of the map and its row in the table select each other.
function pick(row, isPicked) {
    row.classList.toggle("is-picked", isPicked);
    row.setAttribute("aria-selected", isPicked);
}

document.addEventListener("chart-drawn", (event) => {
    const { chart, spec } = event.detail;
    if (spec.kind !== "map") return;
    const rows = [...document.querySelectorAll(`#${event.target.dataset.table} tbody tr`)];
    const rowOf = (name) => rows.find((row) => row.dataset.key === name);
    chart.on("selectchanged", (change) => {
        const places = change.selected.flatMap((each) => each.dataIndex);
        const names = places.map((place) => spec.categories[place]);
        rows.forEach((row) => pick(row, names.includes(row.dataset.key)));
        const first = rowOf(names[0]);
        if (first && change.isFromClick) first.scrollIntoView({ block: "nearest" });
    });
    for (const row of rows) {
        if (!spec.categories.includes(row.dataset.key)) continue;
        const toggle = () => chart.dispatchAction({ type: "toggleSelect", seriesIndex: 0, name: row.dataset.key });
        const light = (type) => () => chart.dispatchAction({ type, seriesIndex: 0, name: row.dataset.key });
        row.tabIndex = 0;
        row.addEventListener("click", toggle);
        row.addEventListener("keydown", (press) => { if (press.key === "Enter") toggle(); });
        row.addEventListener("mouseenter", light("highlight"));
        row.addEventListener("mouseleave", light("downplay"));
    }
});
