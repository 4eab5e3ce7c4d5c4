// The print button of a paper form.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
