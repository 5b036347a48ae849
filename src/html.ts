export { diffPage } from "./report/html/diff-page.js";
export { type IndexRow, indexPage } from "./report/html/index-page.js";
export { reportPage, type TraceOverview } from "./report/html/report-page.js";
export { isTraceUrl } from "./report/trace-url.js";
