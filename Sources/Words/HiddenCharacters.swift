/// Whether Unicode classifies a scalar as a control character, a line or paragraph separator, a tag, or a noncharacter.
package func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xE0000...0xE007F, 0xFDD0...0xFDEF: true
    default: scalar.value & 0xFFFE == 0xFFFE
    }
}

/// Whether readers cannot see a scalar. Such scalars are marks that reorder text, joiners and variation selectors that
/// have no effect, and letters without a glyph (based on Unicode 15's default-ignorable code points).
package func isInvisible(
    _ scalar: Unicode.Scalar, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
) -> Bool {
    switch scalar.value {
    case 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200B, 0x200E, 0x200F,
        0x202A...0x202E, 0x2060...0x206F, 0x2800, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0x1BCA0...0x1BCA3,
        0x1D173...0x1D17A, 0xE0080...0xE0FFF:
        return true
    // Joiners are valid between letters of scripts that join letters, and between emoji.
    case 0x200C, 0x200D:
        return !canJoin(previous) || !canJoin(next)
    // One variation selector may follow a visible sign; several in a row could encode a hidden message.
    case 0xFE00...0xFE0F:
        return !canJoin(previous)
    default:
        return false
    }
}

private func canJoin(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar, scalar.value >= 0xA9, !isControl(scalar) else { return false }
    switch scalar.value {
    case 0x2000...0x200D, 0x202F, 0x205F, 0x3000: return false
    // A joiner may follow U+FE0F, the variation selector for emoji.
    case 0xFE0F: return true
    case 0xFE00..<0xFE0F: return false
    default: return true
    }
}
