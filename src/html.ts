export { reportPage, type TraceOverview } from "./report/html/report-page.js";
