#pragma once

#include <QDockWidget>
#include <QString>

class QLabel;
class QTextBrowser;

namespace vitrine
{

namespace theme
{
struct Palette;
}

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
    void showEvent(QShowEvent* event) override;

private:
    void render();
    void followTheme();

    QString markdown_;
    const theme::Palette* renderedIn_ = nullptr;
    QLabel* title_;
    QTextBrowser* text_;
};

} // namespace vitrine
