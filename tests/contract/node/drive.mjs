// Drives the published client, unmodified. Reads one JSON object of settings from standard input, writes one JSON line
// for each step: {step, ok, data | error}. Everything in it is made up.
import { readFileSync } from "node:fs";
import * as tools from "cybertipline-tools";

const settings = JSON.parse(readFileSync(0, "utf8"));
const client = new tools.Client({
  environment: tools.Environment.Testing,
  credentials: { username: settings.username, password: settings.secret },
});
client.baseUrl = settings.url;

const at = new Date("2026-02-20T08:30:00.123Z");
const report = {
  incidentSummary: {
    incidentType: tools.IncidentType.ChildSexTrafficking,
    escalateToHighPriority: "A made-up reason",
    reportAnnotations: { sextortion: true },
    incidentDateTime: at,
    incidentDateTimeDescription: "When the account was found",
  },
  incidentDetails: {
    webPageIncidents: [{ url: ["https://example.com/page"], additionalInfo: "A page", thirdPartyHostedContent: true }],
    chatImIncidents: [{ chatClient: "Example Chat", content: "A benign line" }],
  },
  reporter: { reportingPerson: { firstName: "Rae", lastName: "Porter", email: [{ email: "trust@example.com" }] } },
  personOrUserReported: {
    personOrUserReportedPerson: {
      age: 40,
      email: [{ email: "someone@example.net", type: tools.EmailType.Home, verified: true, verificationDate: at }],
      phone: [{ number: "202-555-0147", countryCallingCode: "+1" }],
      address: [{ city: "Phoenix", zipCode: "85001", state: tools.State.Arizona, country: tools.Country.UnitedStates }],
    },
    espIdentifier: "a-42",
    screenName: "made_up",
    ipCaptureEvent: [{ ipAddress: "192.0.2.44", eventName: tools.IPEventName.Login, dateTime: at, port: 443 }],
    estimatedLocation: { city: "Phoenix", region: "AZ", countryCode: tools.Country.UnitedStates, verified: true, timestamp: at },
  },
  victim: [{ victimPerson: { firstName: "Sam", age: 12 } }],
  additionalInfo: "Made up for a test",
};

async function step(name, act) {
  try {
    const { data, requestId } = await act();
    console.log(JSON.stringify({ step: name, ok: true, data, requestId }));
    return data;
  } catch (error) {
    console.log(JSON.stringify({ step: name, ok: false, error: error.message }));
    return {};
  }
}

await step("status", () => client.getStatus());
const opened = await step("submit", () => client.submitReport(report));
const id = opened.reportId;
const file = new File([new Uint8Array(3_000_000).fill(7)], "pattern 1.png", { type: "image/png" });
const uploaded = await step("upload", () => client.uploadFile({ id, file }));
await step("fileinfo", () =>
  client.submitFileDetails({
    reportId: id,
    fileId: uploaded.fileId,
    originalFileName: "pattern 1.png",
    fileViewedByEsp: true,
    exifViewedByEsp: true,
    publiclyAvailable: false,
    fileAnnotations: { generativeAi: true },
    originalFileHash: [{ value: "0cc175b9c0f1b6a831c399e269772661", hashType: "MD5" }],
    ipCaptureEvent: { ipAddress: "198.51.100.7", eventName: tools.IPEventName.Upload, dateTime: at },
    details: [{ valuePair: [{ name: "Make", value: "Example" }], type: tools.FileDetailType.EXIF }],
    additionalInfo: ["A note"],
  }),
);
await step("finish", () => client.finishReport({ id }));
await step("finish again", () => client.finishReport({ id }));
const second = await step("submit another", () => client.submitReport(report));
await step("retract", () => client.cancelReport({ id: second.reportId }));
await step("upload after retract", () => client.uploadFile({ id: second.reportId, file }));

// Faults of the client itself, which must get the documented code and never an accident of ours.
await step("ampersand", () => client.submitReport({ ...report, additionalInfo: "this & that" }));
await step("enticement", () =>
  client.submitReport({
    ...report,
    incidentSummary: { ...report.incidentSummary, incidentType: tools.IncidentType.OnlineEnticement },
  }),
);
client.auth = Buffer.from("nobody:nothing").toString("base64");
await step("wrong credentials", () => client.getStatus());
