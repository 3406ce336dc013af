import Foundation
import Records

/// Returns the statement in the input, with correct seeds; nil if the input is not a statement.
func seeded(_ bytes: [UInt8]) -> [UInt8]? {
    guard var statement = try? JSONDecoder().decode(Statement.self, from: Data(bytes)), statement.subject.count == 2
    else { return nil }
    let salt = statement.predicate.salt
    for index in statement.predicate.runs.indices {
        let number = statement.predicate.runs[index].index
        statement.predicate.runs[index].seed = SeedSource(.first, salt: salt).seedText(
            modelDigest: statement.subject[0].digest.sha256, index: number)
    }
    return try? Receipt.encode(statement).bytes
}
