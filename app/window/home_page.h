#pragma once

#include "app/plugins/study.h"

#include <QFrame>
#include <QPixmap>
#include <QStringList>
#include <QWidget>

class QHBoxLayout;
class QLabel;

namespace vitrine
{

// A card that is a button: thumbnail, title, line, what a click does. Enter and Space click.
class Card : public QFrame
{
    Q_OBJECT
public:
    Card(const QString& title, const QString& line, const QString& action, QWidget* parent);
    void setThumbnail(const QPixmap& light,
                      const QPixmap& dark); // by theme; null pixmaps: the sign of the room
    void setAction(const QString& words);
    void setPictureHeight(int pixels);

signals:
    void clicked();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    class Picture;
    Picture* picture_;
    QLabel* action_;
};

// Home: one sentence, live studies, recent workspaces, and where to drop files.
class HomePage : public QWidget
{
    Q_OBJECT
public:
    HomePage(const std::vector<Study>& studies, QWidget* parent);

    void setRecent(const QStringList& workspaces);
    void setEstimate(const QString& study, double seconds);
    void setOver(bool dragging); // lights the drop zone

signals:
    void studyRequested(const vitrine::Study& study);
    void workspaceRequested(const QString& path);
    void browseRequested();

private:
    QFrame* makeDropZone();

    std::map<QString, Card*> cards_;
    QHBoxLayout* recent_;
    QLabel* recentTitle_;
    QFrame* drop_;
};

} // namespace vitrine
