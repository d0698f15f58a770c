// Starts Swagger UI with a filter over endpoints and with keys as people enter them.
"use strict";

(function () {
    function words(text) {
        return text.toLowerCase().split(/\s+/).filter(Boolean);
    }

    // An endpoint matches if its path, tag, summary and id together contain every word.
    function opsFilter(groups, phrase) {
        const wanted = words(phrase);
        return groups
            .map((group, tag) =>
                group.update("operations", (operations) =>
                    operations.filter((each) => {
                        const about = [tag, each.get("method"), each.get("path"), each.get("id"),
                            each.getIn(["operation", "summary"])].join(" ").toLowerCase();
                        return wanted.every((word) => about.includes(word));
                    })))
            .filter((group) => group.get("operations").size > 0);
    }

    const Filter = (Original, system) => (props) => {
        const phrase = props.layoutSelectors.currentFilter();
        return system.React.createElement("div", {className: "filter-container wrapper"},
            system.React.createElement("input", {
                "aria-label": "Filter endpoints",
                className: "operation-filter-input",
                onChange: (event) => props.layoutActions.updateFilter(event.target.value),
                placeholder: "Filter by words of path, group or summary",
                type: "search",
                value: typeof phrase === "string" ? phrase : "",
            }));
    };

    const Operations = (Original, system) => (props) =>
        system.specSelectors.taggedOperations().size
            ? system.React.createElement(Original, props)
            : system.React.createElement("p", {className: "wrapper"}, "No endpoint has all of these words.");

    function requestInterceptor(request) {
        const headers = request.headers;
        const key = (headers.Authorization || "").trim();
        if (key && !/\s/.test(key)) {
            headers.Authorization = "Token " + key;
        }
        // Only the page of a user who is logged in has it.
        const csrf = document.querySelector("[name=csrfmiddlewaretoken]");
        if (csrf && !key) {
            headers["X-CSRFToken"] = csrf.value;
        }
        return request;
    }

    SwaggerUIBundle({
        url: document.getElementById("swagger-ui").dataset.description,
        dom_id: "#swagger-ui",
        deepLinking: true,
        defaultModelsExpandDepth: 0,
        displayRequestDuration: true,
        filter: true,
        persistAuthorization: true,
        plugins: [{
            fn: {opsFilter: opsFilter},
            wrapComponents: {FilterContainer: Filter, operations: Operations, Operations: Operations},
        }],
        requestInterceptor: requestInterceptor,
        supportedSubmitMethods: ["get", "post"],
        // The validator would be a request to another host.
        validatorUrl: null,
    });
})();
