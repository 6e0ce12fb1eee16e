// Enter inside an IME composition confirms the composition and nothing else. WebKit clears isComposing on that very
// key press, but still reports key code 229.
export const composing = (event: { isComposing?: boolean; keyCode?: number; nativeEvent?: KeyboardEvent }): boolean => {
	const native = event.nativeEvent ?? event;
	return native.isComposing === true || native.keyCode === 229;
};

/** Where an arrow key goes in a list of rows; other keys go nowhere. */
export const arrowStep = (key: string): number | undefined => ({ ArrowDown: 1, ArrowUp: -1 })[key];
