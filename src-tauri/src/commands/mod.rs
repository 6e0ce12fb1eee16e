//! The window's commands, one file a noun. Each is a few lines: take, call, convert.

mod application;
mod approval;
mod branch;
mod customer;
mod draft;
mod enrol;
mod guide;
mod held;
mod import;
mod incident;
mod list;
mod log;
mod policy;
mod report;
mod save;
mod session;
mod sign_off;
mod slip;
mod staff;
mod sync;
mod terminal;
mod window;

use tauri_specta::{Builder, collect_commands};

/// All commands, with their types.
pub fn builder() -> Builder<tauri::Wry> {
    Builder::new().commands(collect_commands![
        window::first_screen,
        session::desk_status,
        session::training_accounts,
        session::sign_in,
        session::sign_out,
        session::lock,
        session::unlock,
        session::touch,
        customer::search,
        customer::customer,
        customer::record_customer,
        application::new_application,
        application::application,
        application::application_form,
        application::applications,
        application::submit_application,
        application::withdraw_application,
        application::application_outlook,
        draft::save_draft,
        draft::drafts,
        draft::delete_draft,
        approval::approve_application,
        approval::return_application,
        approval::reject_application,
        approval::approve_over_lock,
        approval::look_over_lock,
        approval::approve_looked_at,
        approval::look_away,
        slip::preview_slip,
        slip::print_slip,
        slip::slip_done,
        slip::receipt_slip,
        slip::record_handover,
        slip::save_slip_pdf,
        slip::notice_slip,
        list::list,
        list::export_list,
        incident::suspend,
        incident::record_incident,
        incident::record_revocation_paper,
        incident::confirm_incident,
        incident::resume_incident,
        incident::revoke_incident,
        incident::open_incidents,
        incident::record_paper_reminder,
        guide::guide,
        guide::record_advice,
        guide::guided_application,
        guide::stop_target,
        guide::record_incident_elsewhere,
        guide::emergency_contacts,
        log::log_page,
        log::export_log,
        log::log_choices,
        log::log_entry,
        log::verification,
        log::verify_begin,
        log::verify_stop,
        log::compare_head,
        sync::sync_status,
        sync::sync_now,
        sync::refused_dismiss,
        sync::sync_pause,
        sync::use_meanwhile,
        sync::check_replica,
        sync::replica_damaged,
        sync::fetch_again,
        sync::refetched_read,
        held::held_acts,
        held::accept_held,
        held::dismiss_held,
        branch::branches,
        branch::merge_branch,
        branch::withdraw_merger,
        import::import_file,
        import::import_state,
        import::import_begin,
        import::import_cancel,
        import::export_import_problems,
        branch::merge_outlook,
        branch::move_outlook,
        branch::move_customers,
        branch::branch_proposal_outlook,
        branch::confirm_branch_change,
        branch::dismiss_branch_change,
        report::report,
        report::export_report,
        report::report_paper,
        report::save_report_chart,
        sign_off::sign_off_days,
        sign_off::sign_off_day,
        sign_off::sign_off,
        sign_off::day_ledger,
        sign_off::save_day_ledger,
        sign_off::export_sign_off_days,
        policy::policy,
        policy::policy_outlook,
        policy::propose_policy,
        policy::confirm_policy,
        policy::withdraw_policy,
        staff::staff,
        staff::administer_staff,
        staff::change_password,
        terminal::terminals,
        terminal::request_terminal,
        terminal::invite_terminal,
        terminal::move_terminal,
        terminal::revoke_terminal,
        enrol::enrol_paper,
        enrol::enrol_root,
        enrol::enrol_look,
        enrol::enrol,
        enrol::enrol_again,
        enrol::leave_behind,
    ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use specta_typescript::Typescript;

    /// The generated types are committed; `UPDATE_GENERATED=1` writes them anew.
    #[test]
    fn generated_types_are_fresh() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/generated/desk.ts");
        let dir = tempfile::tempdir().unwrap();
        let fresh = dir.path().join("desk.ts");
        super::builder()
            .export(Typescript::default().header("// Generated from Rust. Do not edit.\n"), &fresh)
            .unwrap();
        let fresh = std::fs::read_to_string(fresh).unwrap();
        if std::env::var_os("UPDATE_GENERATED").is_some() {
            std::fs::write(&path, &fresh).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), fresh, "run the test again with UPDATE_GENERATED=1");
    }
}
