"""The words that people read for the elements of the schema, where splitting the name is not enough."""

from __future__ import annotations

import re

_WORDS = {
    "incidentSummary": "What happened",
    "incidentType": "Kind of incident",
    "platform": "Application where it happened",
    "escalateToHighPriority": "Why it is urgent",
    "reportAnnotations": "Marks of the report",
    "incidentDateTime": "When",
    "incidentDateTimeDescription": "What that time stands for",
    "internetDetails": "Where it happened",
    "webPageIncident": "On a web page",
    "emailIncident": "By e-mail",
    "newsgroupIncident": "In a newsgroup",
    "chatImIncident": "In a chat or messenger",
    "onlineGamingIncident": "In a game",
    "cellPhoneIncident": "By telephone",
    "nonInternetIncident": "Not on the internet",
    "peer2peerIncident": "By file sharing",
    "url": "Web address",
    "emailAddress": "E-mail address",
    "lawEnforcement": "Police already involved",
    "reportedToLe": "Already reported to police",
    "fleaCountry": "Country",
    "reporter": "Who reports",
    "reportingPerson": "Who sends this report",
    "contactPerson": "Whom police may ask",
    "companyTemplate": "Standing text of the company",
    "legalURL": "Page with legal information",
    "personOrUserReported": "Who is reported",
    "personOrUserReportedPerson": "The person",
    "intendedRecipient": "Who was meant to receive it",
    "intendedRecipientPerson": "The person",
    "victim": "The child",
    "victimPerson": "The child as a person",
    "espIdentifier": "Account id in your system",
    "espService": "Which of your products",
    "screenName": "User name",
    "displayName": "Name shown",
    "profileUrl": "Address of the profile",
    "profileBio": "Text of the profile",
    "ipCaptureEvent": "IP address seen",
    "ipAddress": "IP address",
    "eventName": "What was done",
    "dateTime": "When",
    "possibleProxy": "Possibly a proxy",
    "deviceId": "Device seen",
    "idType": "Kind of id",
    "idValue": "The id",
    "priorCTReports": "Earlier report about this person",
    "priorCTReport": "Earlier report about this person",
    "groupIdentifier": "Group",
    "thirdPartyUserReported": "User of another company’s service",
    "compromisedAccount": "Account was taken over",
    "accountTemporarilyDisabled": "Account suspended",
    "accountPermanentlyDisabled": "Account closed",
    "estimatedLocation": "Place as you estimate it",
    "allEmailsReported": "No further e-mail addresses are known",
    "associatedAccount": "Linked account",
    "additionalInfo": "Anything else",
    "batchedReport": "Batch of a viral file",
    "nonUsaState": "Region outside the United States",
    "zipCode": "Postal code",
    "originalFileName": "Name that the user gave it",
    "uploadedToEspTimestamp": "When the user uploaded it",
    "locationOfFile": "Web address of the file",
    "fileViewedByEsp": "Did a person at your company view this copy?",
    "exifViewedByEsp": "Did a person view its embedded data?",
    "publiclyAvailable": "Was it public?",
    "fileRelevance": "Relevance",
    "fileAnnotations": "Marks of the file",
    "potentialMeme": "Possible meme",
    "originalFileHash": "Digest of the original",
    "nameValuePair": "Name and value",
    "details": "Embedded data",
    "age": "Age, about",
    "ageAssertionDiscrepancy": "Age differs from the one claimed",
}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def label_of(name: str) -> str:
    """This function will give the words for an element or attribute: its own, or its name taken apart."""
    bare = name.removeprefix("@")
    if bare in _WORDS:
        return _WORDS[bare]
    words = " ".join(_PARTS.findall(bare)).lower()
    return words[:1].upper() + words[1:]
