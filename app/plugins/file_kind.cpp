#include "app/plugins/file_kind.h"

#include "app/plugins/plugin_json.h"

#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace vitrine
{
namespace
{

bool holdsOneOf(const QDir& folder, const QStringList& names)
{
    return !names.isEmpty() && !folder.entryList(names, QDir::Files).isEmpty();
}

} // namespace

FileKind fileKindOf(PluginJson& json)
{
    return {.what = json.text("what"),
            .parameter = json.text("parameter"),
            .endings = json.texts("endings"),
            .foldersWith = json.texts("folders_with"),
            .wholeFolder = json.texts("whole_folder")};
}

bool isOfKind(const FileKind& kind, const QString& path)
{
    const QFileInfo file(path);
    if (file.isDir())
        return holdsOneOf(QDir(path), kind.foldersWith);
    return kind.endings.contains(file.suffix().toLower()) ||
           kind.wholeFolder.contains(file.fileName());
}

QString pathFor(const FileKind& kind, const QString& path)
{
    const QFileInfo file(path);
    const bool standsForFolder =
        !file.isDir() && QDir::match(kind.wholeFolder, file.fileName()) &&
        (kind.foldersWith.contains(file.fileName()) || holdsOneOf(file.dir(), kind.foldersWith));
    return standsForFolder ? file.absolutePath() : file.absoluteFilePath();
}

QString nameFilter(const std::vector<FileKind>& kinds)
{
    QStringList patterns;
    for (const FileKind& kind : kinds) {
        patterns += kind.wholeFolder;
        for (const QString& ending : kind.endings)
            patterns << "*." + ending;
    }
    patterns << "*.vitrine";
    patterns.removeDuplicates();
    return "What Vitrine opens (" + patterns.join(' ') + ")";
}

QString whatOpens(const std::vector<FileKind>& kinds)
{
    QStringList words;
    for (const FileKind& kind : kinds)
        words << kind.what;
    words.removeDuplicates();
    words << "or a .vitrine workspace";
    return words.join(", ");
}

} // namespace vitrine
