import Evidence
import Merging
import Words

extension [QuantityPool] {
    /// The pools of at least two studies.
    var ofSeveral: [QuantityPool] { filter { $0.studies.count > 1 } }
}

extension QuantityPool: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        let fit = pool?.pauleMandel
        json.add("ci", ends(pool?.interval))
        json.add("dl", pool?.derSimonianLaird)
        json.add("estimate", fit?.estimate)
        json.add("from", isReported ? "reported" : "runs")
        json.add("h2", fit?.h2)
        json.add("i2", fit?.i2)
        json.add("k", studies.count)
        json.add("left_out", excluded)
        json.add("prediction", ends(pool?.prediction))
        json.add("q", pool?.q)
        json.add("q_p", pool?.qProbability)
        json.add("reason", refusal?.reason)
        json.add("reml", pool?.restrictedLikelihood)
        json.add("se", fit?.standardError)
        json.add("settings", settings)
        json.add("shares_networks", sharesNetworks)
        json.add("studies", studies)
        json.add("tau2", fit?.tau2)
        json.add("tau2_ci", ends(pool?.tau2Interval))
    }

    private func ends(_ range: ClosedRange<Double>?) -> [Double]? {
        range.map { [$0.lowerBound, $0.upperBound] }
    }

    private var refusal: PoolRefusal? {
        switch result {
        case .success: nil
        case .failure(let refusal): refusal
        }
    }
}

extension RandomEffectsFit: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("estimate", estimate)
        json.add("h2", h2)
        json.add("i2", i2)
        json.add("se", standardError)
        json.add("tau2", tau2)
    }
}

extension StudyEstimate: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        let (runs, missing): (Int?, Int?) =
            switch basis {
            case .runs(let count, let missing): (count, missing)
            case .reported: (nil, nil)
            }
        json.add("missing", missing)
        json.add("runs", runs)
        json.add("se", standardError)
        json.add("study", study)
        json.add("value", value)
    }
}

extension ExcludedEstimate: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.add("name", name)
        json.add("reason", reason)
        json.add("value", ifPresent: value)
    }
}
