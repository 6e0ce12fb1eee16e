// An empty list says what to do.
export function Empty({ title, next }: { title: string; next?: string }) {
	return (
		<div className="empty" role="status">
			<p>{title}</p>
			{next && <p className="quiet">{next}</p>}
		</div>
	);
}
