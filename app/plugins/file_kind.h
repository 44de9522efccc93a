#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace vitrine
{

class PluginJson;

// A kind of file that a plugin opens. In its plugin.json:
//   "opens": [{"what": "a checkpoint folder or file", "parameter": "model",
//              "endings": ["safetensors", "gguf"], "folders_with": ["config.json"],
//              "whole_folder": ["config.json", "*.safetensors"]}]
// A path is known by its name alone; its content is looked at by the worker that opens it.
struct FileKind {
    QString what;      // in words, for "drop ..."
    QString parameter; // of the plugin's experiments; takes the path
    QStringList endings;
    QStringList foldersWith; // a folder is of this kind where it holds one of these (wildcards)
    QStringList
        wholeFolder; // a file of these names stands for its folder where that is of this kind
};

FileKind fileKindOf(PluginJson& json);

bool isOfKind(const FileKind& kind, const QString& path);
// The path as the parameter wants it: absolute, of a config.json its folder.
QString pathFor(const FileKind& kind, const QString& path);

// "What Vitrine opens (config.json *.safetensors ... *.vitrine)", for a file dialog.
QString nameFilter(const std::vector<FileKind>& kinds);
// "a checkpoint folder or file, a .txt or .md text, ... or a .vitrine workspace"
QString whatOpens(const std::vector<FileKind>& kinds);

} // namespace vitrine
