import Foundation
import FuzzTargets
import Testing

/// Checks the properties of the fuzz targets on the stored inputs, some of which once caused crashes.
@Suite struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fuzz/Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name)) func propertiesHold(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: name).path)
        #expect(files.count > 5)
        for file in files.sorted() {
            let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "\(name)/\(file)")))
            #expect(target.violation(bytes) == nil, "\(name)/\(file)")
        }
    }
}
