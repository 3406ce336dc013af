import Evidence
import Merging
import Words

/// The words of reports and their meanings, in groups.
package let reportTerms: [(title: String, terms: [(word: String, meaning: String)])] = [
    (
        "Statuses of a question",
        [
            ("supported", "claims in its favour survive all attacks, and no claim against it does"),
            ("refuted", "claims against it survive all attacks, and no claim in its favour does"),
            ("depends", "the answer is yes at some settings and no at others; the conditions are named"),
            ("contested", "both sides survive, or attacks on them are undecided"),
            ("open", "no claim takes a side"),
            ("answered", "every part is answered; the question has no answer of its own"),
        ]
    ),
    (
        "Evidence of a claim",
        [
            ("reported", "a source says so; no run of this ledger verified it"),
            ("own run", "runs by a contributor of the claim verified it"),
            ("re-run", "runs by an independent, listed runner verified it"),
            ("controlled", "re-run, and the control, such as an untrained network, failed at every tested cell"),
            ("replicated", "controlled, by two kernels of different code and contributors"),
            ("uninformative", "the control passes as well, so the runs say nothing; counts as reported"),
            ("second-hand", "the number comes from a source that reports on another"),
        ]
    ),
    (
        "Verdicts of runs",
        [
            ("hit", "a run whose value lies in the claimed range"),
            ("verified", "so many runs hit that the claim holds in more than half of all runs, such as 8 of 8"),
            ("refuted", "so many runs missed that the claim does not hold in more than half of all runs"),
            ("open", "too few runs to tell; `verify` makes more"),
            ("split", "decided sequences of runs contradict each other"),
            ("decisive", "enough hits or misses for a verdict; more runs at this setting change nothing"),
            (
                "E+, E-",
                "the E values with --verbose: how strongly the hits speak for and against the claim; runs are decisive when one of them reaches 2/alpha"
            ),
            ("offered", "runs in a receipt that is not on the audit branch yet"),
            ("stale", "runs of a toy model or measurement that has changed since"),
        ]
    ),
    (
        "Claims under attack",
        [
            ("in, out, undecided", "whether a claim survives the attacks of others that contradict it"),
            ("silent", "the claim bears on the question, but its range fits yes and no"),
            ("doubted", "a caveat with evidence speaks against something that the claim rests on"),
            ("witness", "a claim for which one run is enough; it takes no side"),
        ]
    ),
    (
        "Disagreements",
        [
            ("conflict", "two claims that cannot both be true at a setting that both cover"),
            ("different parts", "claims that disagree but share no setting"),
            ("contradiction", "a conflict in which nothing recorded differs"),
            ("explanation", "conditions that, held fixed, make all claims agree"),
            ("deciding run", "the run whose outcome rules out most explanations"),
            ("camp", "a maximal group of claims without a conflict"),
        ]
    ),
    (
        "Settings",
        [
            ("condition", "a named axis of settings, such as model, task or layer"),
            ("cell", "one value for each condition"),
            ("leaf", "a question without parts; it asks for one quantity"),
            ("bridge", "the assumption that a result on toy models carries over to other models"),
            ("general model", "a reasoning model, about which the north star asks; all others are special-purpose"),
            ("not-applicable", "the set-up has no such thing"),
        ]
    ),
]

/// Writes the legend of the words in reports.
package func termsText(_ style: TextStyle) -> String {
    let blocks = reportTerms.map { title, terms in
        ([style.bold(title)] + entryLines(terms.map { ("  " + $0.word, $0.meaning) }, style)).joined(separator: "\n")
    }
    return blocks.joined(separator: "\n\n") + "\n"
}
