import Annotations
import Words

extension AgreementReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) { json.add("codebooks", codebooks) }
}

extension AgreementReport.OfCodebook: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("annotators", annotators)
        json.add("codebook", codebook.slug)
        json.add("labels", table.labels)
        json.add("scale", codebook.scale.rawValue)
        json.add("several_annotations", severalCount)
        json.add("textless_annotations", textlessCount)
        json.add("traces", traceCount)
        json.add("unit", codebook.unit.rawValue)
    }
}

extension Annotator: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("by", maker.rawValue)
        json.add("handle", handle)
    }
}

extension LabelAgreement: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("ac1", ac1)
        json.add("alpha", alpha)
        json.add("annotators", annotators)
        json.add("borders", ifPresent: borders)
        json.add("interval", interval)
        json.add("kinds", kinds)
        json.add("label", label)
        json.add("pairs", pairs)
        json.add("prevalence", prevalence)
        json.add("raw_agreement", rawAgreement)
        json.add("traces", traces)
        json.add("units", units)
    }
}

extension LabelAgreement.Kind: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("alpha", alpha)
        json.add("interval", interval)
        json.add("kind", kind.rawValue)
        json.add("traces", traces)
    }
}

extension LabelAgreement.Pair: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("alpha", alpha)
        json.add("first", first)
        json.add("second", second)
        json.add("units", units)
    }
}

/// A number is written as `{"value": 0.5}`, and a missing one as `{"reason": "one label only"}`.
extension Result: JSONObject, JSONWritable where Success: JSONWritable, Failure == NoNumber {
    package func addMembers(to json: inout JSONWriter) {
        switch self {
        case .success(let value): json.add("value", value)
        case .failure(let reason): json.add("reason", reason.rawValue)
        }
    }
}

/// A range is written as a list of its two ends.
extension ClosedRange: JSONWritable where Bound == Double {
    package func write(to json: inout JSONWriter) { [lowerBound, upperBound].write(to: &json) }
}
