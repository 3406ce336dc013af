import ArgumentParser
struct New: AsyncParsableCommand {}
struct Doctor: AsyncParsableCommand {}
