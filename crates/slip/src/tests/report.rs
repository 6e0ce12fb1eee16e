//! 報告 on paper: its charts carry their numbers, and a chart by itself says what it shows.

use super::ledger::pages_by_cell;
use super::*;

fn chart(months: u32) -> BarChart {
    let series = |name: &str, base: u32| BarSeries {
        name: name.into(),
        values: (0..months).map(|n| (base + n * 7) % 1000).collect(),
    };
    BarChart {
        title: "発行・再発行・取得の件数".into(),
        months: (0..months).map(|n| format!("{}/{:02}", 2026 + n / 12, n % 12 + 1)).collect(),
        series: vec![series("発行", 101), series("再発行", 401), series("取得", 801)],
        told: "発行: 2026/01 101 & <more>".into(),
    }
}

pub(super) fn paper(months: u32, branches: u32) -> ReportPaper {
    let column = |name: String, number| TableColumn { name, number };
    let words = |name: &str| column(name.into(), false);
    let by_month = ReportTable {
        title: String::new(),
        columns: [words("項目"), words("内訳")]
            .into_iter()
            .chain(chart(months).months.into_iter().map(|month| column(month, true)))
            .collect(),
        rows: (1..=20)
            .map(|row| {
                [format!("項目{row}"), String::new()]
                    .into_iter()
                    .chain((0..months).map(|n| (row * 10 + n).to_string()))
                    .collect()
            })
            .collect(),
    };
    let by_branch = ReportTable {
        title: "店別の報告".into(),
        columns: [words("店番"), words("店名")]
            .into_iter()
            .chain((0..20).map(|n| column(format!("再発行: 故障・修理・再インストール(PCは手元にある){n}"), true)))
            .collect(),
        rows: (1..=branches)
            .map(|n| {
                [format!("{n:03}"), format!("見本町駅前支店{n}")]
                    .into_iter()
                    .chain((0..20).map(|m| (n * m).to_string()))
                    .collect()
            })
            .collect(),
    };
    ReportPaper {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本部".into(),
        branch_code: "000".into(),
        title: "報告".into(),
        about: "全店 2026/06から2026/11まで".into(),
        made_at: "2026年11月24日(令和8年)".into(),
        staff: "訓練 花子".into(),
        charts: vec![chart(months), BarChart { title: "一時停止の件数".into(), ..chart(months) }],
        tables: if branches == 0 { vec![by_month] } else { vec![by_month, by_branch] },
    }
}

pub(super) fn picture(training: bool) -> ChartPicture {
    ChartPicture { training, about: "全店 2026/06から2026/11まで".into(), chart: chart(6) }
}

#[test]
fn charts_stand_with_the_tables_they_are_drawn_from() {
    for (months, branches) in [(1, 0), (6, 0), (6, 14), (36, 40)] {
        let slip = Slip::Report(paper(months, branches));
        let all = pages_by_cell(&slip).concat();
        for one in chart(months).series.iter().flat_map(|one| &one.values) {
            assert!(all.contains(&one.to_string()), "{one} stands at no bar: {all}");
        }
        for word in ["発行・再発行・取得の件数", "一時停止の件数", "項目20"] {
            assert!(all.contains(word), "{word}");
        }
        for branch in 1..=branches {
            assert!(all.contains(&format!("見本町駅前支店{branch}")), "{branch}");
        }
        for (n, page) in render_svg(&slip).unwrap().iter().enumerate() {
            assert!(page.contains(MARK), "page {n} does not say 訓練");
        }
    }
}

#[test]
fn a_chart_by_itself_says_what_it_shows() {
    for training in [true, false] {
        let svg = render_chart(picture(training)).unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"), "{svg}");
        let told = "<title>発行・再発行・取得の件数</title><desc>発行: 2026/01 101 &amp; &lt;more&gt;</desc>";
        assert!(svg.contains(told), "{}", &svg[..400]);
        assert_eq!(svg.matches("<pattern").count(), 2, "hatched and dotted; the third is solid");
        let text = only_page(&Slip::Chart(picture(training)));
        assert_eq!(text.contains("【訓練】"), training);
        assert!(text.contains("全店2026/06から"), "{text}");
    }
}
