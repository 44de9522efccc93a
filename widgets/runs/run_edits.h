#pragma once

#include "core/store/store.h"

#include <QJsonObject>

#include <span>
#include <string>
#include <vector>

namespace vitrine
{

// What a person has written on runs, as undo keeps it: {"tags": {uid: ["good"]}, "notes": {uid:
// "as expected"}}. Only the runs named are touched.
QJsonObject tagsEdit(const std::string& uid, const std::vector<std::string>& tags);
QJsonObject noteEdit(const std::string& uid, const std::string& note);

// The tags of these runs as they are, and as they will be with some added and others removed.
struct TagEdit {
    QJsonObject before, after;
};
Result<TagEdit> tagEdit(const Store& store, std::span<const std::int64_t> numbers,
                        const std::vector<std::string>& added,
                        const std::vector<std::string>& removed);

// Runs that are gone meanwhile are left out.
Result<void> writeEdit(Store& store, const QJsonObject& edit);

} // namespace vitrine
