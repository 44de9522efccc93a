#include "widgets/runs/run_edits.h"

#include <QJsonArray>

#include <algorithm>

namespace vitrine
{
namespace
{

QJsonArray arrayOf(const std::vector<std::string>& words)
{
    QJsonArray array;
    for (const std::string& word : words)
        array << QString::fromStdString(word);
    return array;
}

std::vector<std::string> editWords(const QJsonArray& array)
{
    std::vector<std::string> words;
    for (const auto& word : array)
        words.push_back(word.toString().toStdString());
    return words;
}

// Removed first, as the store does it: a word in both lists stays.
std::vector<std::string> changed(std::vector<std::string> tags,
                                 const std::vector<std::string>& added,
                                 const std::vector<std::string>& removed)
{
    std::erase_if(tags, [&](const auto& tag) { return std::ranges::count(removed, tag) > 0; });
    for (const std::string& tag : added)
        if (std::ranges::count(tags, tag) == 0)
            tags.push_back(tag);
    return tags;
}

} // namespace

QJsonObject tagsEdit(const std::string& uid, const std::vector<std::string>& tags)
{
    return {{"tags", QJsonObject{{QString::fromStdString(uid), arrayOf(tags)}}}};
}

QJsonObject noteEdit(const std::string& uid, const std::string& note)
{
    return {{"notes", QJsonObject{{QString::fromStdString(uid), QString::fromStdString(note)}}}};
}

Result<TagEdit> tagEdit(const Store& store, std::span<const std::int64_t> numbers,
                        const std::vector<std::string>& added,
                        const std::vector<std::string>& removed)
{
    VITRINE_TRY(const auto runs, store.summaries(numbers, {}));
    QJsonObject before, after;
    for (const RunSummary& run : runs) {
        const QString uid = QString::fromStdString(run.uid);
        before[uid] = arrayOf(run.tags);
        after[uid] = arrayOf(changed(run.tags, added, removed));
    }
    return TagEdit{{{"tags", before}}, {{"tags", after}}};
}

Result<void> writeEdit(Store& store, const QJsonObject& edit)
{
    const QJsonObject tags = edit["tags"].toObject(), notes = edit["notes"].toObject();
    for (auto it = tags.begin(); it != tags.end(); ++it)
        if (const auto number = store.resolve(it.key().toStdString()))
            VITRINE_CHECK(store.setTags(*number, editWords(it.value().toArray())));
    for (auto it = notes.begin(); it != notes.end(); ++it)
        if (const auto number = store.resolve(it.key().toStdString()))
            VITRINE_CHECK(store.setNote(*number, it.value().toString().toStdString()));
    return {};
}

} // namespace vitrine
