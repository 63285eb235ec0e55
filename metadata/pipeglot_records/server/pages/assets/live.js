// While something of a page goes on it is fetched anew, and what has changed of it is put in its place.
"use strict";
const main = document.querySelector("main[data-live]");
let pause = 2000;
async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok && !answer.redirected) {
        const next = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
        const busy = main.contains(document.activeElement) && document.activeElement !== document.body;
        if (next && !busy) {
          main.innerHTML = next.innerHTML;
        }
        if (next && !next.hasAttribute("data-live")) {
          return;
        }
        pause = 2000;
      }
    } catch {
      pause = Math.min(pause * 2, 60000);
    }
  }
  setTimeout(look, pause);
}
if (main) {
  setTimeout(look, pause);
}
