//! Counters and gauges in Prometheus' text form. No label holds anything of a person.

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::Site;
use crate::domain::delivery::State;
use crate::store::EventState;

/// The process's counters.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics")
    }
}

impl Metrics {
    /// Everything that is counted, as `/metrics` shows it.
    #[must_use]
    pub fn text(&self) -> String {
        self.0.render()
    }
}

/// Makes the process's counters, once; later calls give the same.
#[must_use]
pub fn install() -> Metrics {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let make = || PrometheusBuilder::new().install_recorder().expect("nobody else installs a recorder");
    Metrics(HANDLE.get_or_init(make).clone())
}

/// All counters, with gauges read from the database now.
pub async fn show(site: web::Data<Site>) -> HttpResponse {
    ::metrics::gauge!("hagukumi_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    for (name, state) in
        [("pending", EventState::Pending), ("dead", EventState::Dead), ("quarantined", EventState::Quarantined)]
    {
        if let Ok(count) = site.store.events_in(state).await {
            ::metrics::gauge!("hagukumi_events", "state" => name).set(count as f64);
        }
    }
    for state in State::ALL {
        if let Ok(count) = site.store.deliveries_in(state).await {
            ::metrics::gauge!("hagukumi_deliveries", "state" => state.as_str()).set(count as f64);
        }
    }
    if let Some(bytes) = site.store.log_bytes() {
        ::metrics::gauge!("hagukumi_sqlite_log_bytes").set(bytes as f64);
    }
    site.metrics.0.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(site.metrics.0.render())
}
