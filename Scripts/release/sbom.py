"""The software bill of materials, as SPDX 2.3 in JSON."""

import json
import re


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def bill(components, version, commit, digest, created):
    root = {
        "SPDXID": identifier("arbor-ledger"),
        "name": "arbor-ledger",
        "versionInfo": version,
        "sourceInfo": f"built from commit {commit}",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "primaryPackagePurpose": "APPLICATION",
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
        # The repository states no licence.
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NONE",
        "copyrightText": "NOASSERTION",
        "supplier": "NOASSERTION",
    }
    packages = [root]
    relationships = [
        {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": root["SPDXID"]}
    ]
    for component in components:
        packages.append({
            "SPDXID": identifier(component.name),
            "name": component.name,
            "versionInfo": component.version,
            "downloadLocation": component.supplier if "://" in component.supplier else "NOASSERTION",
            "supplier": "Organization: Debian" if component.supplier == "Debian" else "NOASSERTION",
            "filesAnalyzed": False,
            "licenseConcluded": component.licence,
            "licenseDeclared": component.licence,
            "copyrightText": "NOASSERTION",
            "externalRefs": [{
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": component.package_url,
            }],
        })
        relationships.append({
            "spdxElementId": root["SPDXID"],
            "relationshipType": "STATIC_LINK",
            "relatedSpdxElement": identifier(component.name),
        })
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"arbor-ledger-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/arbor-ledger-{version}-{digest}",
        "creationInfo": {"created": created, "creators": ["Tool: arbor-ledger-release"]},
        "packages": packages,
        "relationships": relationships,
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
