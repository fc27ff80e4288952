// The pages of the dashboard.  Nothing is fetched from anywhere but the build itself.
export default {
  root: "src",
  output: "dist",
  title: "covenant",
  pages: [
    {name: "Reserve", path: "/"},
    {name: "Calendar", path: "/calendar"},
    {name: "Damages", path: "/damages"},
    {name: "One deal", path: "/deal"}
  ],
  style: "style.css",
  globalStylesheets: [],
  head: `<link rel="icon" href="data:,">`,
  search: false,
  toc: false,
  pager: false,
  footer: "Read from the views that covenant makes beside a deals table; every figure is exact."
};
