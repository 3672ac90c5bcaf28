extension RuleCatalogue {
  /// The JSON Schema of a rule file.
  public static var schema: String {
    String(decoding: PackageResources.rules_1_schema_json, as: UTF8.self)
  }
}
