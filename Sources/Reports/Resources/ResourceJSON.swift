import Words

extension ResourceReport: JSONObject {
    package func addMembers(to json: inout JSONWriter) {
        json.objects("resources", rows) { row, json in
            json.add("bytes", row.resource.byteCount)
            json.add("kind", row.resource.kind.rawValue)
            json.add("licence", row.resource.licence)
            json.add("made_by", row.resource.originPhrase)
            json.add("path", row.storedPath)
            json.add("sha256", row.resource.sha256)
            json.add("slug", row.resource.slug)
            json.objects("sources", row.sources) { source, json in
                json.add("checked", source.check?.date)
                json.add("dead", source.check?.isDead ?? false)
                json.add("problem", source.check?.problem)
                json.add("source", source.text)
            }
            json.add("storage", row.storageWord)
            json.add("title", row.resource.title)
            json.add("used_by", row.users)
        }
        json.objects("tasks", tasks) { task, json in
            json.add("id", task.id)
            json.add("phrase", task.phrase)
        }
        json.objects("unnamed", unnamed) { file, json in
            json.add("bytes", file.bytes)
            json.add("path", file.path)
        }
        json.add("verified", isVerified)
    }
}
