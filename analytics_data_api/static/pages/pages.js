// What a page adds where there is JavaScript: copying, lists that follow what one types, and tables and charts that select
// each other.
"use strict";

const PAUSE = 250;

// The button copies the form of the request that is shown.
function offerCopies(root) {
    for (const button of root.querySelectorAll("button.copy")) {
        button.hidden = false;
        const label = button.textContent;
        button.addEventListener("click", async () => {
            const shown = [...button.parentElement.querySelectorAll("pre")].find((each) => each.offsetParent !== null);
            await copied(shown.textContent.trim());
            button.textContent = button.dataset.done;
            setTimeout(() => { button.textContent = label; }, 2000);
        });
    }
}

async function copied(text) {
    if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
        return;
    }
    // Browsers offer the clipboard only to pages that came by https or from the same machine.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
}

offerCopies(document);

// A form with data-live names the parts of the page that follow it. They are fetched from the form's own URL, so that the
// address says what is shown. A newer request cancels the one before.
for (const form of document.querySelectorAll("form[data-live]")) {
    let waiting, running;
    const address = () => {
        const sent = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
        return `${form.action.split(/[?#]/)[0]}?${sent}`;
    };
    const follow = async () => {
        running?.abort();
        running = new AbortController();
        const url = address();
        const parts = form.dataset.live.split(" ").map((id) => document.getElementById(id));
        parts.forEach((part) => part.setAttribute("aria-busy", "true"));
        try {
            const answer = await fetch(url, { signal: running.signal });
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            for (const part of parts) {
                const fresh = page.getElementById(part.id);
                const focused = part.contains(document.activeElement) && document.activeElement.id;
                part.replaceChildren(...(fresh ?? page.querySelector("main")).childNodes);
                part.setAttribute("aria-busy", "false");
                offerCopies(part);
                if (focused) document.getElementById(focused)?.focus();
            }
            history.replaceState(null, "", url);
        } catch (error) {
            if (error.name !== "AbortError") location.assign(url);
        }
    };
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(follow, PAUSE); };
    form.addEventListener("input", (event) => { if (event.target.type === "search" || event.target.type === "text") soon(); });
    form.addEventListener("change", (event) => { if (event.target.type !== "search" && event.target.type !== "text") soon(); });
    form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); follow(); });
}

// The wheel scrolls the page and does not zoom the map; a map that is enlarged can be dragged.
function offerZoom(element, chart) {
    const bar = element.parentElement.querySelector(".map-zoom");
    bar.hidden = false;
    let zoom = 1;
    for (const button of bar.querySelectorAll("button")) {
        button.addEventListener("click", () => {
            zoom = { in: Math.min(12, zoom * 1.6), out: Math.max(1, zoom / 1.6), all: 1 }[button.dataset.zoom];
            const center = zoom === 1 ? { center: null } : {};
            chart.setOption({ series: [{ zoom, roam: zoom > 1 ? "move" : false, ...center }] });
        });
    }
}

// A country of the map and its row in the table select each other.
function pick(row, isPicked) {
    row.classList.toggle("is-picked", isPicked);
    row.setAttribute("aria-selected", isPicked);
}

document.addEventListener("chart-drawn", (event) => {
    const { chart, spec } = event.detail;
    if (spec.kind !== "map") return;
    offerZoom(event.target, chart);
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
