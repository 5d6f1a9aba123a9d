"""Drives the published client, unmodified, under a Python of its own; one JSON line for each step."""

import asyncio
import json
import sys
from datetime import UTC, datetime

from ncmec_cybertip import client, common, enums, files, report
from ncmec_cybertip.exceptions import ApiError

AT = datetime(2026, 2, 20, 8, 30, tzinfo=UTC)


def made_up() -> report.Report:
    """A made-up report."""
    return report.Report(
        incident_summary=report.IncidentSummary(
            incident_type=next(kind for kind in enums.IncidentType if "Enticement" in kind.value),
            platform="Example Chat",
            escalate_to_high_priority="A made-up reason",
            report_annotations=report.ReportAnnotations(sextortion=True, informational=True),
            incident_date_time=AT,
        ),
        internet_details=[
            report.InternetDetails(
                chat_im_incident=report.ChatImIncident(chat_client="Example Chat", content="this & that <ok>")
            )
        ],
        reporter=report.Reporter(
            reporting_person=common.Person(first_name="Rae", email=[common.Email(value="trust@example.com")])
        ),
        person_or_user_reported=report.PersonOrUserReported(
            person=common.Person(age=40, age_assertion_discrepancy=True, email=[common.Email(value="x@example.net")]),
            esp_identifier="00042",
            screen_name="made_up",
            ip_capture_event=[common.IpCaptureEvent(ip_address="192.0.2.44", date_time=AT, port=443)],
        ),
        victim=[report.Victim(person=common.Person(first_name="Sam", age=12))],
    )


async def drive(url: str, username: str, secret: str) -> None:
    """Every call once, then the errors a client must be able to read."""

    async def step(name, act):
        try:
            data = json.loads((await act).model_dump_json())
            print(json.dumps({"step": name, "ok": True, "data": data}))
            return data
        except ApiError as error:
            found = {"code": error.response_code, "text": error.description, "request": error.request_id}
            print(json.dumps({"step": name, "ok": False, **found}))
            return {}

    async with client.CyberTiplineClient(username=username, password=secret, base_url=url) as api:
        await step("status", api.status())
        print(json.dumps({"step": "xsd", "ok": "incidentSummary" in await api.get_xsd()}))
        number = (await step("submit", api.submit(made_up())))["report_id"]
        uploaded = await step("upload", api.upload(number, b"a pattern" * 1000, filename="pattern 2.png"))
        details = files.FileDetails(
            report_id=number,
            file_id=uploaded["file_id"],
            original_file_name="pattern 2.png",
            uploaded_to_esp_timestamp=AT,
            file_viewed_by_esp=True,
            file_annotations=files.FileAnnotations(viral=True),
            original_file_hash=files.file_hashes(b"a pattern" * 1000),
        )
        await step("fileinfo", api.file_info(details))
        await step("finish", api.finish(number))
        await step("finish again", api.finish(number))
        second = (await step("submit another", api.submit(made_up())))["report_id"]
        await step("retract", api.retract(second))
        await step("upload after retract", api.upload(second, b"x"))
        await step("unknown report", api.retract(7))
        details.file_id = "0" * 32
        await step("fileinfo after finish", api.file_info(details))
    async with client.CyberTiplineClient(username="nobody", password="nothing", base_url=url) as api:
        await step("wrong credentials", api.status())


asyncio.run(drive(**json.load(sys.stdin)))
