/// A file, or a log's folder, by the number of its dump and its path within that.
struct PlaceInDump: Hashable {
  var dump: Int
  var path: [UInt8]
}
