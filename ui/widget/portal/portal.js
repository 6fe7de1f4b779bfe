// What a portal may do with the widget: open it, ask, and hear of answers.
const heard = document.querySelector("output");
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => window.Yuanwen[button.dataset.do](button.dataset.question));
}
addEventListener("load", () => {
  for (const event of ["ready", "open", "close", "answer"]) {
    window.Yuanwen?.on(event, (detail) => {
      heard.textContent = [event, detail?.status].filter(Boolean).join(": ");
    });
  }
});
