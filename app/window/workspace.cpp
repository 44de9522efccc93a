#include "app/window/workspace.h"

#include <QFileInfo>
#include <QJsonDocument>
#include <QSettings>

#include "core/base/file.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kSaveMs = 250;
constexpr std::uint64_t kLargestState = 64U << 20U;
constexpr int kMostRecent = 8;

QSettings userSettings()
{
    return QSettings(QSettings::IniFormat, QSettings::UserScope, "vitrine", "window");
}

} // namespace

Workspace::Workspace(std::filesystem::path store, Collect collect, QObject* parent)
    : QObject(parent), store_(std::move(store)), collect_(std::move(collect))
{
    writer_.setMaxThreadCount(1);
    timer_.setSingleShot(true);
    timer_.setInterval(kSaveMs);
    connect(&timer_, &QTimer::timeout, this, &Workspace::write);
}

Workspace::~Workspace()
{
    writer_.waitForDone();
}

std::filesystem::path Workspace::file() const
{
    return std::filesystem::path(store_.string() + ".d") / "window.json";
}

QJsonObject Workspace::load() const
{
    const auto bytes = readFile(file(), kLargestState);
    return bytes ? QJsonDocument::fromJson(QByteArray::fromStdString(*bytes)).object()
                 : QJsonObject();
}

QString Workspace::keepAside(int format) const
{
    const std::filesystem::path aside = file().string() + '.' + std::to_string(format);
    std::error_code ignored;
    std::filesystem::rename(file(), aside, ignored);
    return QString::fromStdString(aside.string());
}

void Workspace::saveSoon()
{
    if (!timer_.isActive())
        timer_.start();
}

void Workspace::saveNow()
{
    timer_.stop();
    write();
    writer_.waitForDone();
}

bool Workspace::isSaved() const
{
    return !timer_.isActive() && writer_.activeThreadCount() == 0;
}

void Workspace::write()
{
    const QJsonObject state = collect_();
    if (state.isEmpty())
        return;
    const std::string bytes = QJsonDocument(state).toJson(QJsonDocument::Compact).toStdString();
    writer_.start([path = file(), bytes] {
        std::error_code error;
        std::filesystem::create_directories(path.parent_path(), error);
        (void)writeFileAtomically(path, bytes); // a full disk costs the layout, never a run
    });
}

namespace settings
{

QString theme()
{
    return userSettings().value("theme", "light").toString();
}

void setTheme(const QString& name)
{
    userSettings().setValue("theme", name);
}

int scalePercent()
{
    return std::clamp(userSettings().value("scale", 100).toInt(), 100, 300);
}

void setScalePercent(int percent)
{
    userSettings().setValue("scale", percent);
}

QByteArray windowGeometry()
{
    return userSettings().value("geometry").toByteArray();
}

void setWindowGeometry(const QByteArray& geometry)
{
    userSettings().setValue("geometry", geometry);
}

QStringList recentWorkspaces()
{
    QStringList paths = userSettings().value("recent").toStringList();
    paths.removeIf([](const QString& path) { return !QFileInfo::exists(path); });
    return paths;
}

void addRecentWorkspace(const std::filesystem::path& path)
{
    const QString text = QString::fromStdString(std::filesystem::absolute(path).string());
    QStringList paths = recentWorkspaces();
    paths.removeAll(text);
    paths.prepend(text);
    userSettings().setValue("recent", QStringList(paths.mid(0, kMostRecent)));
}

} // namespace settings

} // namespace vitrine
