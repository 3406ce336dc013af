import Testing

@testable import Merging
@testable import Reports

/// Tests explanations by ordered conditions.
@Suite struct ThresholdTests {
    /// Findings with low and high values at latitudes.
    private func ledger(_ low: [String], _ high: [String], latitude: String = "values: {from: 0, to: 60}") -> Merge {
        func claims(_ value: String, _ latitudes: [String], _ prefix: String) -> String {
            latitudes.enumerated().map { number, latitude in
                finding(
                    "\(prefix)\(number)",
                    "  - {quantity: effect, value: \(value), tested: {latitude: \(latitude), site: s\(number)}}")
            }.joined()
        }
        return TestLedger(
            """
            --- Claims/question.yaml
            question: What?
            why: It matters.
            --- Claims/vocabulary/quantities/effect.yaml
            title: Effect
            definition: A share.
            range: [0, 1]
            conditions: [latitude, site]
            --- Claims/vocabulary/conditions/latitude.yaml
            title: Latitude
            \(latitude)
            --- Claims/vocabulary/conditions/site.yaml
            title: Site
            values: [s0, s1, s2, s3]

            """ + claims("[0, 0.2]", low, "low") + claims("[0.7, 0.9]", high, "high")
        ).merge()
    }

    private func explanations(_ merge: Merge) -> [String] {
        outline(merge.disagreement(on: "effect")).split(separator: "\n").map(String.init).filter {
            $0.hasPrefix("explained") || $0.hasPrefix("chance")
        }
    }

    /// Of the 20 ways to distribute three low values, a threshold separates two: the actual one and its mirror image.
    @Test(arguments: ["number: true", "values: {from: 0, to: 60}"])
    func aThresholdMakesTwoBlocks(latitude: String) {
        let merge = ledger(["13", "18", "19"], ["27", "33", "42"], latitude: latitude)
        #expect(
            explanations(merge) == [
                #"explained by ["latitude"], 2 blocks, as latitude (up to 19 against from 27)"#,
                "chance: 2 of 20, floor 2",
            ])
        let report = ConflictReport(merge)
        #expect(
            report.written(width: 300).contains(
                "latitude (up to 19 against from 27) alone separates the sides; with 6 findings, counted as independent although 1 group of contributors recorded them, chance would do as well in 1 of 10 shuffles"
            ))
        #expect(report.written("json").contains(#""up_to" : "19""#))
    }

    @Test func wordsHaveTheOrderOfTheirList() {
        let merge = ledger(
            ["tropic", "south"], ["middle", "arctic"],
            latitude: "values: [tropic, south, middle, arctic]\nordered: true")
        #expect(
            explanations(merge).first
                == #"explained by ["latitude"], 2 blocks, as latitude (up to south against from middle)"#)
        let unordered = ledger(
            ["tropic", "south"], ["middle", "arctic"], latitude: "values: [tropic, south, middle, arctic]")
        #expect(explanations(unordered).first == #"explained by ["latitude"], 4 blocks, identifies"#)
    }

    /// Values that alternate are separated one by one, but not by a threshold.
    @Test func aThresholdNeverSeparatesAnew() {
        #expect(
            explanations(ledger(["13", "30"], ["20", "42"])).first
                == #"explained by ["latitude"], 4 blocks, identifies"#)
        // Claims at the same latitude are not separated, although other claims would be.
        #expect(
            explanations(ledger(["13", "18"], ["18", "42"])).first
                == #"explained by ["latitude", "site"], 4 blocks, identifies"#)
    }

    @Test func aSettingThatDoesNotApplyHasNoPlaceInTheOrder() {
        #expect(
            explanations(ledger(["13", "not-applicable"], ["27", "42"])).first
                == #"explained by ["latitude"], 4 blocks, identifies"#)
    }

    @Test func numbersAreOrderedByTheirSize() {
        #expect(
            explanations(ledger(["2", "10.5"], ["100", "-3e-1"], latitude: "number: true")).first
                == #"explained by ["latitude"], 4 blocks, identifies"#)
        #expect(
            explanations(ledger(["2", "-0.5", "9"], ["100", "10"], latitude: "number: true")).first
                == #"explained by ["latitude"], 2 blocks, as latitude (up to 9 against from 10)"#)
    }
}
