/** Follows a link to a section without the browser, which would leave a report that has no address of its own. */
export function contentsLink(link: HTMLAnchorElement): void {
  const section = document.getElementById(link.hash.slice(1));
  const heading = section?.querySelector("h2");
  if (section === null || heading === null || heading === undefined) return;
  // The next stop of the tab key is in the section.
  heading.tabIndex = -1;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    section.scrollIntoView();
    heading.focus({ preventScroll: true });
  });
}
