import KernelInterface
import Reports
import Testing

private func text(_ content: Picture.Content, width: Int = 76) -> String {
    drawn(content, width: width).map { "|\($0)\n" }.joined().replacing(/[ ]+\n/, with: "\n")
}

/// Rows in these tests start with bars, so that leading spaces are visible.
@Suite struct PictureTests {
    @Test func aSteepCurveStartsAtZero() {
        #expect(
            text(.curve(values: [4, 3, 2, 1.5, 1, 0.5, 0.25, 0])) == """
                |4 │█
                |  │█▄
                |  │██
                |  │███▂
                |  │████▄
                |0 │█████▆▃▁

                """)
    }

    @Test func aFlatCurveStartsAtItsLeastValue() {
        #expect(
            text(.curve(values: [2.5, 2.25, 2])) == """
                |2.50 │█
                |     │█
                |     │█
                |     │██
                |     │██
                |   2 │██▁

                """)
    }

    @Test func drawsAConstantCurve() {
        #expect(text(.curve(values: [1, 1])) == "|1 │\n|  │\n|  │\n|  │\n|  │\n|1 │▁▁\n")
    }

    @Test func drawsNoNonFiniteValues() {
        #expect(text(.curve(values: [1, .nan, .infinity])) == "")
        #expect(
            text(.bars(items: [.init("a", .nan), .init("b", 1)], from: 0, to: 1), width: 20)
                == "|a  ············  nan\n|b  ████████████    1\n")
        #expect(text(.points(items: [.init("1", x: .nan, y: 0)])).filter { !"|\n ".contains($0) } == "+")
    }

    @Test func bars() {
        let bars: [Picture.Bar] = [
            .init("layer 0", 0.5), .init("layer 1", 0.875, note: "0.8 to 0.9; control 0.4"), .init("10", 0),
            .init("tiny", 0.001),
        ]
        #expect(
            text(.bars(items: bars, from: 0, to: 1)) == """
                |layer 0  ████████████············  0.500
                |layer 1  █████████████████████···  0.875  0.8 to 0.9; control 0.4
                |10       ························      0
                |tiny     █·······················  0.001

                """)
    }

    /// Bars become shorter to make room for labels and notes, but they never disappear.
    @Test func barsShrinkForLabels() {
        let bars: [Picture.Bar] = [.init("a cell of many words", 1, note: "0.998 to 1.000; control 0.690")]
        #expect(
            text(.bars(items: bars, from: 0, to: 1), width: 66)
                == "|a cell of many words  ██████████  1  0.998 to 1.000; control 0.690\n")
        #expect(
            text(.bars(items: bars, from: 0, to: 1), width: 20)
                == "|a cell of many words  ████████  1  0.998 to 1.000; control 0.690\n")
    }

    @Test func barsOfGainsStartAtZero() {
        let bars: [Picture.Bar] = [.init("a", 0.5), .init("b", -0.25), .init("c", 2)]
        #expect(
            text(.bars(items: bars, from: -1, to: 1)) == """
                |a  ············██████······   0.500
                |b  ·········███············  -0.250
                |c  ············████████████       2

                """)
    }

    @Test func writesNoneForNoBars() {
        #expect(text(.bars(items: [], from: 0, to: 1)) == "|none\n")
    }

    @Test func drawsDirectionsInThePlane() {
        let points: [Picture.Point] = [
            .init("1", x: 1, y: 0), .init("2", x: 0, y: 1), .init("3", x: -1, y: -1), .init("4", x: 0, y: 0),
            .init("5", x: 0, y: 0),
        ]
        #expect(
            text(.points(items: points)) == """
                |          2
                |          ·
                |          ·
                |          ·
                |          ·
                |          *·········1
                |        ··
                |      ··
                |    ··
                |  ··
                |3·

                """)
    }

    @Test func drawsGridsSideBySide() {
        let grids: [Picture.Grid] = [.init("the board", ["·●", "○·"]), .init("as it is read", ["·●", "○●"])]
        #expect(
            text(.grids(items: grids)) == """
                |the board   as it is read
                |· ●         · ●
                |○ ·         ○ ●

                """)
        #expect(
            text(.grids(items: grids), width: 20) == """
                |the board
                |· ●
                |○ ·
                |
                |as it is read
                |· ●
                |○ ●

                """)
    }

    @Test func wrapsTheLastColumnOfATable() {
        let rows = [["1 + 2 = 3", "fails", "this is wrong, and rather long"], ["2", "works", ""], ["short"]]
        #expect(
            text(.table(columns: ["tried", "says", "truth"], rows: rows), width: 36) == """
                |tried      says   truth
                |1 + 2 = 3  fails  this is wrong, and
                |                  rather long
                |2          works
                |short

                """)
    }

    @Test func printsNothingUnescaped() {
        let hostile = "\u{1B}[31m\u{202E}"
        let contents: [Picture.Content] = [
            .bars(items: [.init(hostile, 1, note: hostile)], from: 0, to: 1),
            .points(items: [.init(hostile, x: 1, y: 1)]), .grids(items: [.init(hostile, [hostile])]),
            .table(columns: [hostile], rows: [[hostile]]),
        ]
        for content in contents {
            #expect(!text(content).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }
}
