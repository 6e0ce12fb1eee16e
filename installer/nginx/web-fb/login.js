// The sample keeps the password in this page only and sends it with every request: no session outlives a stop.
const form = document.getElementById("login");
const error = document.getElementById("error");
const menu = document.getElementById("menu");
const again = document.getElementById("again");
let authorization = "";

function show(text) {
  error.textContent = text;
  menu.hidden = true;
}

async function enter() {
  let answer;
  try {
    answer = await fetch("/menu/", { headers: { Authorization: authorization }, cache: "no-store" });
  } catch {
    return show("接続できません。電子証明書が確認できないか、回線が切れています。");
  }
  if (answer.status === 401) return show("利用者IDまたはログインパスワードが違います。");
  if (!answer.ok) return show("この電子証明書ではログインできません。お取引店またはヘルプデスクまでご連絡ください。");
  error.textContent = "";
  // A file of this very site.
  menu.innerHTML = await answer.text();
  menu.hidden = false;
  form.hidden = true;
  again.hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const user = document.getElementById("user").value.trim().toUpperCase();
  const bytes = new TextEncoder().encode(`${user}:${document.getElementById("password").value}`);
  authorization = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  enter();
});
again.addEventListener("click", enter);
