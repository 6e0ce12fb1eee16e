// Pages of a slip on screen: SVG made by the desk's typesetter, shown as images so that nothing in them can run.
import { useMemo } from "react";

const dataUrl = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

type Props = {
	pages: string[];
	label: string;
	/** Lying on its side. */
	wide?: boolean;
};

export function Paper({ pages, label, wide }: Props) {
	const urls = useMemo(() => pages.map(dataUrl), [pages]);
	return (
		<div className={wide ? "paper wide" : "paper"} data-testid="paper">
			{urls.map((url, index) => (
				<img key={url.slice(-64) + String(index)} src={url} alt={`${label} ${index + 1}`} />
			))}
		</div>
	);
}
