#pragma once

#include <QDockWidget>
#include <QString>

class QLabel;
class QTextBrowser;

namespace vitrine
{

// What a room shows, which equations, how to read it: the room's own README, beside the view.
class HelpPanel : public QDockWidget
{
    Q_OBJECT
public:
    explicit HelpPanel(QWidget* parent);

    // `file`: Markdown of at most 1 MiB; where it cannot be read the panel says why.
    void showFile(const QString& title, const QString& file);

protected:
    void changeEvent(QEvent* event) override;

private:
    void render();

    QString markdown_;
    QLabel* title_;
    QTextBrowser* text_;
};

} // namespace vitrine
