"""The addresses of the desk's process: desk, hotline, log-in."""

from __future__ import annotations

from django.urls import include

from tipline.interfaces.desk import (
    figures_views,
    file_views,
    import_views,
    match_views,
    review_views,
    supervisor_views,
    support,
    views,
)
from tipline.interfaces.desk import identification_views as identification
from tipline.interfaces.desk import research_views as research
from tipline.interfaces.desk.clusters import urls as clusters
from tipline.interfaces.desk.partners import urls as partners
from tipline.interfaces.desk.triage.urls import PATHS as TRIAGE
from tipline.interfaces.ui.no_urls import handler400, handler403, handler404, handler500
from tipline.interfaces.ui.paths import path

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

_DESK = [
    path("", views.index, name="index"),
    path("lists/<slug:name>/", views.queue, name="queue"),
    path("search/", views.search, name="search"),
    path("reports/<int:number>/", views.report, name="report"),
    path("reports/<int:number>/act/<slug:name>/", views.act, name="act"),
    path("reports/<int:number>/reporter/", views.reporter, name="reporter"),
    path("reports/<int:number>/submission/<int:part>/", views.submission, name="submission"),
    path("reports/<int:number>/audit/", supervisor_views.report_audit, name="report_audit"),
    path("reports/<int:number>/files/<hex:file_id>/", file_views.file, name="file"),
    path("reports/<int:number>/files/<hex:file_id>/look.jpg", file_views.look, name="look"),
    path("reports/<int:number>/files/<hex:file_id>/match/<int:entry>/", match_views.match, name="match"),
    path("reports/<int:number>/files/<hex:file_id>/alike/", match_views.alike, name="alike"),
    path("reports/<int:number>/files/<hex:file_id>/propose/", review_views.propose, name="propose"),
    path("review/", review_views.review, name="review"),
    path("review/<int:number>/", review_views.proposal, name="proposal"),
    path("hash-lists/<slug:name>/", review_views.hash_list, name="hash_list"),
    path("hash-imports/", import_views.listed, name="imports"),
    path("hash-imports/new/", import_views.hand_in, name="import_new"),
    path("hash-imports/<int:number>/", import_views.one, name="import"),
    path("hash-imports/<int:number>/rows.csv", import_views.faults, name="import_faults"),
    path("hash-never/", review_views.never, name="never"),
    path("hash-never/change/", review_views.change_never, name="change_never"),
    path("hash-entries/<int:number>/", review_views.entry, name="entry"),
    path("figures/", figures_views.figures, name="figures"),
    path("figures/publish/", figures_views.publish, name="publish_figures"),
    path("audit/", supervisor_views.audit, name="audit"),
    path("support/", support.hand_overs, name="support"),
    path("support/<slug:ident>/", support.hand_over, name="hand_over"),
    path("support/<slug:ident>/reach/", support.reach, name="reach"),
    *research.PATHS,
    *partners.PATHS,
    *clusters.PATHS,
    *TRIAGE,
    path("identification/", identification.overview, name="identification"),
    path("identification/collections/<int:number>/", identification.collection, name="collection"),
    path("identification/collections/<int:number>/judge/", identification.judge, name="collection_judge"),
    path("identification/collections/<int:number>/issue/", identification.issue, name="collection_issue"),
    path("identification/series/", identification.series_list, name="series_list"),
    path("identification/series/new/", identification.series_new, name="series_new"),
    path("identification/series/<int:number>/", identification.series_page, name="series"),
    path("identification/children/<int:number>/", identification.new_child, name="new_child"),
    path("identification/rosters/<int:number>/", identification.roster, name="roster"),
]


urlpatterns = [
    path("", include((_DESK, "desk"))),
    path("notices/", include("tipline.interfaces.desk.notices.urls")),
    path("hotline/", include("tipline.interfaces.hotline.urls")),
    path("account/", include("tipline.interfaces.ui.login.urls")),
]
