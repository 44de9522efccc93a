#include "app/dropped_file.h"

#include <QFileInfo>

namespace vitrine
{

QString kindOfPath(const QString& path)
{
    const QFileInfo file(path);
    if (file.isDir())
        return QFileInfo::exists(path + "/config.json") ? "model" : "";
    const QString ending = file.suffix().toLower();
    if (file.fileName() == "config.json" || ending == "safetensors" || ending == "bin" ||
        ending == "gguf")
        return "model";
    if (ending == "txt" || ending == "md")
        return "text";
    if (ending == "csv")
        return "topology";
    return ending == "vitrine" ? "workspace" : "";
}

QString modelPath(const QString& path)
{
    const QFileInfo file(path);
    const bool ofFolder =
        file.fileName() == "config.json" ||
        (file.suffix() == "safetensors" && QFileInfo::exists(file.absolutePath() + "/config.json"));
    return ofFolder ? file.absolutePath() : file.absoluteFilePath();
}

} // namespace vitrine
