#pragma once

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <QThreadPool>
#include <QTimer>

#include <filesystem>
#include <functional>

namespace vitrine
{

// What the window keeps beside the runs of a workspace: WORKSPACE.d/window.json with layout, open
// page, the rooms' states and the undo steps. Written at most four times a second and atomically,
// so a killed window comes back as it was.
class Workspace : public QObject
{
    Q_OBJECT
public:
    using Collect = std::function<QJsonObject()>;

    // `collect` gives the whole state when it is time to write; an empty one is not written.
    Workspace(std::filesystem::path store, Collect collect, QObject* parent);
    ~Workspace() override; // writes what is not written yet

    std::filesystem::path store() const { return store_; }
    QJsonObject load() const; // empty where there is none or it cannot be read
    // What a newer program wrote is not written over: it moves to window.json.FORMAT. Its new path.
    QString keepAside(int format) const;
    void saveSoon();
    void saveNow();       // returns when it is on the disk
    bool isSaved() const; // nothing that was to be saved is not on the disk yet

private:
    std::filesystem::path file() const;
    void write();

    std::filesystem::path store_;
    Collect collect_;
    QTimer timer_;
    QThreadPool writer_; // one thread: in order
};

// The person's own settings, the same for every workspace.
namespace settings
{
QString theme(); // "light", "dark", "contrast"
void setTheme(const QString& name);
int scalePercent(); // 100 to 300
void setScalePercent(int percent);
QByteArray windowGeometry();
void setWindowGeometry(const QByteArray& geometry);
QStringList recentWorkspaces(); // newest first, existing ones
void addRecentWorkspace(const std::filesystem::path& path);
} // namespace settings

} // namespace vitrine
