// As the desk's window says it: painted, and ready for input.
requestAnimationFrame(() => {
	requestAnimationFrame(() => {
		window.__TAURI__.core.invoke("first_screen");
	});
});
