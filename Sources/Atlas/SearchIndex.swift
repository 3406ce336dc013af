import Merging
import Records
import Words

/// The limits of the index: a search of three words reads the directory, three files of words and one file of titles for
/// each result, together below 200 KB.
private let (wordFileBytes, titlesPerFile, pagesPerWord) = (16_000, 24, 2_000)

/// The index of the search, in files that a page can load as scripts, and the same values as JSON.
package struct SearchIndex: Sendable {
    package struct Entry: Sendable {
        package var title: String
        package var kind: String
        package var link: Link
        /// More texts whose words find the entry.
        package var others: [String]

        package init(_ title: String, _ kind: String, _ link: Link, _ others: [String] = []) {
            (self.title, self.kind, self.link, self.others) = (title, kind, link, others)
        }
    }

    private let entries: [Entry]

    /// Equal hits are shown in the order of the entries.
    package init(_ entries: [Entry]) { self.entries = entries }

    init(_ atlas: Atlas) {
        let ledger = atlas.ledger
        // Records that readers look for most come first.
        entries =
            atlas.orderedAnswers.map { answer in
                Entry(
                    answer.question.text, "question, \(answer.status.word)", Place.question(answer.question.id),
                    [answer.question.id])
            }
            + atlas.models.map { model in
                Entry(ledger.vocabulary.title(ofModel: model), "model", Place.model(model), [model])
            }
            + ledger.models.valuesByKey.map { Entry($0.title, "toy model", Place.toy($0.slug), [$0.slug]) }
            + ledger.findings.valuesByKey.map { finding in
                Entry(
                    finding.title, "finding by \(listed(shortList(finding.authors))), \(finding.date)",
                    Place.finding(finding.slug),
                    [finding.slug, finding.source.value] + finding.authors
                        + Set(finding.claims.map(\.quantity.value)).sorted())
            }
            + ledger.quantities.valuesByKey.map { Entry($0.title, "quantity", Place.quantity($0.slug), [$0.slug]) }
            + ledger.assumptions.valuesByKey.map {
                Entry($0.statement, "assumption", Place.assumption($0.slug), [$0.slug])
            }
            + ledger.vocabulary.conditions.valuesByKey.map {
                Entry($0.title, "condition", Place.condition($0.slug), [$0.slug])
            }
            + atlas.codebooks.map { codebook in
                Entry(
                    codebook.title, "codebook", Place.codebook(codebook.slug),
                    [codebook.slug] + codebook.labels.map(\.name.value))
            }
            + atlas.traces.map { trace in
                Entry(
                    trace.record.title, "trace by \(trace.record.model.value)", Place.trace(trace.slug), [trace.slug])
            }
    }

    /// The directory, the files of words, and the files of titles.
    package var files: [AtlasFile] {
        var pages: [String: [Int]] = [:]
        let wordsByEntry = entries.concurrentMap { Set(([$0.title] + $0.others).flatMap(searchWords)) }
        for (number, words) in wordsByEntry.enumerated() {
            for word in words { pages[word, default: []].append(number) }
        }
        // The script compares words by their UTF-16 units.
        let words = pages.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
        var shards: [[String]] = []
        var bytes = 0
        for word in words {
            let size = word.utf8.count + 4 + min(pagesPerWord, pages[word]?.count ?? 0) * 5
            if shards.isEmpty || bytes + size > wordFileBytes {
                shards.append([])
                bytes = 0
            }
            shards[shards.count - 1].append(word)
            bytes += size
        }
        let lists = pages
        let firsts = shards.map { $0[0] }
        let directory = dataFiles("search/directory") { json in
            json.add("chunk", titlesPerFile)
            json.add("first", firsts)
            json.add("version", 1)
        }
        let wordFiles = shards.enumerated().flatMap { number, words in
            dataFiles("search/w\(number)") { json in
                json.add("cut", words.indices.filter { (lists[words[$0]]?.count ?? 0) > pagesPerWord })
                json.add("pages", words.map { steps(lists[$0] ?? []) })
                json.add("words", words)
            }
        }
        let titleFiles = entries.chunks(of: titlesPerFile).enumerated().flatMap { number, entries in
            dataFiles("search/p\(number)") { json in
                json.add("kind", entries.map(\.kind))
                json.add("path", entries.map { $0.link.address(from: "") })
                json.add("title", entries.map(\.title))
            }
        }
        return directory + wordFiles + titleFiles
    }

    /// The first pages of a word, as differences of successive numbers, which are shorter than the numbers.
    private func steps(_ pages: [Int]) -> [Int] {
        let first = pages.prefix(pagesPerWord)
        return zip(first, [0] + first).map { $0 - $1 }
    }
}
