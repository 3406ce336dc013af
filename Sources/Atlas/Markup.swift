import Words

/// HTML or SVG under construction. Names of elements and attributes are literals of the program; everything else is
/// escaped for its place.
package struct Markup {
    package private(set) var bytes: [UInt8] = []
    /// The relative path from the page to the folder of the atlas, such as `../`.
    private let root: String

    package init(root: String) { self.root = root }

    /// Adds a text. Invisible characters are written visibly, as in every report.
    package mutating func text(_ text: String) { append(visible: text, quoting: false) }

    /// Adds a text from a record, whose direction may differ from that of the page.
    package mutating func recordText(_ text: String) {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { self.text(text) } else { tag("bdi", text: text) }
    }

    package mutating func tag(_ name: StaticString, _ attributes: Attribute?..., body: (inout Markup) -> Void) {
        open(name, attributes)
        body(&self)
        append("</")
        append(name)
        append(">")
    }

    package mutating func tag(_ name: StaticString, _ attributes: Attribute?..., text: String) {
        open(name, attributes)
        self.text(text)
        append("</")
        append(name)
        append(">")
    }

    /// Adds an HTML element that has no content, such as `input`.
    package mutating func void(_ name: StaticString, _ attributes: Attribute?...) {
        open(name, attributes)
    }

    /// Adds an SVG element without content, such as `rect`.
    mutating func shape(_ name: StaticString, _ attributes: Attribute?...) {
        open(name, attributes)
        bytes.removeLast()
        append("/>")
    }

    /// Adds a text and keeps its line breaks.
    mutating func lines(_ text: String) {
        tag("pre") { $0.append(escapeHiddenInLines(text), quoting: false) }
    }

    /// Adds a link, or only its text if there is no target.
    package mutating func link(_ link: Link?, _ text: String, _ attributes: Attribute?...) {
        guard let link else { return recordText(text) }
        open("a", [.href(link)] + attributes)
        recordText(text)
        append("</a>")
    }

    /// Adds the link to a style sheet of the atlas.
    mutating func stylesheet(_ path: String) {
        append("<link rel=\"stylesheet\" href=\"")
        append(root + path, quoting: true)
        append("\">")
    }

    /// Adds the icon. Without it, browsers ask the host for one, which may be elsewhere or missing.
    mutating func icon() {
        append("<link rel=\"icon\" href=\"")
        append(root + "icon.svg", quoting: true)
        append("\">")
    }

    /// Adds a script of the atlas, which runs before the page is shown.
    mutating func script(_ path: String) {
        append("<script src=\"")
        append(root + path, quoting: true)
        append("\"></script>")
    }

    /// Adds a text whose invisible characters were replaced before.
    package mutating func literalText(_ text: String) { append(text, quoting: false) }

    /// Adds literal markup of the program.
    package mutating func literal(_ text: StaticString) { append(text) }

    private mutating func open(_ name: StaticString, _ attributes: [Attribute?]) {
        append("<")
        append(name)
        for attribute in attributes.lazy.compactMap(\.self) {
            append(" ")
            append(plain: attribute.name)
            switch attribute.value {
            case .flag: break
            case .text(let text): quoted { $0.append(visible: text, quoting: true) }
            case .number(let number): quoted { $0.append(short: number) }
            case .percent(let number):
                quoted {
                    $0.append(short: number)
                    $0.append("%")
                }
            case .link(let link): quoted { $0.append(link) }
            }
        }
        append(">")
    }

    private mutating func quoted(_ body: (inout Markup) -> Void) {
        append("=\"")
        body(&self)
        append("\"")
    }

    private mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(plain text: String) {
        var text = text
        text.withUTF8 { unsafe bytes.append(contentsOf: $0) }
    }

    /// Adds a number with at most two digits after the decimal point.
    private mutating func append(short number: Double) {
        let hundredths = (number * 100).rounded()
        guard hundredths.magnitude < 1e15 else { return append(plain: "\(number)") }
        let (whole, rest) = Int(hundredths.magnitude).quotientAndRemainder(dividingBy: 100)
        if hundredths < 0 { append("-") }
        append(plain: "\(whole)")
        guard rest > 0 else { return }
        append(rest < 10 ? ".0" : ".")
        append(plain: "\(rest % 10 == 0 ? rest / 10 : rest)")
    }

    private mutating func append(_ link: Link) {
        if case .page(let path, let fragment) = link.target {
            append(plain: root)
            append(plain: percentEncoded(path, keeping: UInt8(ascii: "/")))
            guard let fragment else { return }
            append("#")
            append(plain: percentEncoded(fragment, keeping: UInt8(ascii: "=")))
        } else {
            append(link.address(from: root), quoting: true)
        }
    }

    /// Adds a text whose invisible characters are written visibly. Most texts contain nothing to escape.
    private mutating func append(visible text: String, quoting: Bool) {
        if text.utf8.allSatisfy(isPlainASCII) {
            append(plain: text)
        } else {
            append(escapeHidden(text), quoting: quoting)
        }
    }

    private mutating func append(_ text: String, quoting: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): append("&amp;")
            case UInt8(ascii: "<"): append("&lt;")
            case UInt8(ascii: ">"): append("&gt;")
            case UInt8(ascii: "\"") where quoting: append("&quot;")
            default: bytes.append(byte)
            }
        }
    }
}

/// Whether a byte is a visible ASCII character that no place escapes.
private func isPlainASCII(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""): false
    default: 0x20..<0x7F ~= byte
    }
}

/// An attribute of an element. Only a `Link` gives an address; no attribute holds a script or a style.
package struct Attribute {
    package enum Name: String {
        case ariaCurrent = "aria-current"
        case ariaHidden = "aria-hidden"
        case ariaLabel = "aria-label"
        case ariaLive = "aria-live"
        case alt
        case `class`, colspan, cx, cy, d
        case dataAnnotator = "data-annotator"
        case dataCode = "data-c"
        case dataCodebook = "data-codebook"
        case dataFiles = "data-files"
        case dataLabel = "data-l"
        case dataLabelName = "data-label"
        case dataLabels = "data-labels"
        case dataPair = "data-pair"
        case dataScale = "data-scale"
        case dataText = "data-text"
        case dataTrace = "data-trace"
        case dataUnit = "data-unit"
        case dataValues = "data-values"
        case dataVersion = "data-version"
        case dir
        case `for`, height, id, lang, name, placeholder, points, r, role, rowspan, scope, start, tabindex, title, type,
            value,
            width, x, x1, x2, y, y1, y2
    }

    fileprivate enum Value {
        case flag
        case text(String)
        case number(Double)
        case percent(Double)
        case link(Link)
    }

    fileprivate let name: String
    fileprivate let value: Value

    private init(_ name: String, _ value: Value) { (self.name, self.value) = (name, value) }

    package static func text(_ name: Name, _ text: String) -> Attribute { Attribute(name.rawValue, .text(text)) }

    package static func number(_ name: Name, _ number: Double) -> Attribute {
        Attribute(name.rawValue, .number(number))
    }

    /// A length in percent of the width of the figure.
    package static func percent(_ name: Name, _ number: Double) -> Attribute {
        Attribute(name.rawValue, .percent(number))
    }

    package static func `class`(_ names: String) -> Attribute { .text(.class, names) }

    package static func id(_ id: String) -> Attribute { .text(.id, id) }

    package static func href(_ link: Link) -> Attribute { Attribute("href", .link(link)) }

    package static func source(_ link: Link) -> Attribute { Attribute("src", .link(link)) }

    static let hidden = Attribute("hidden", .flag)
    static let checked = Attribute("checked", .flag)
    static let open = Attribute("open", .flag)
}
