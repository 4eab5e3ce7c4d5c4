// The sign-in page: show the password, put the cursor where it is needed.
for (const box of document.querySelectorAll("[data-show]")) {
  box.addEventListener("change", () => {
    document.getElementById(box.dataset.show).type = box.checked ? "text" : "password";
  });
}
const name = document.getElementById("id_username");
const first = document.querySelector("[aria-invalid='true']") ?? (name.value ? document.getElementById("id_password") : name);
first.focus();
