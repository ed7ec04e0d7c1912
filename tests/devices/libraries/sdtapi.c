/* A reader library after the published headers of sdtapi, for tests.  It reads the "card" from the file
   SDTAPI_CARD (256 bytes of text, then the photo) and obeys the word in the file SDTAPI_MOOD, looked at anew
   at each call: crash, segfault, hang, slow, garbage_length, short_photo, no_card, status_XX.  It prints much. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int opened = 0;
static int delivered = 0;

static void mood(char *word, size_t room) {
    const char *path = getenv("SDTAPI_MOOD");
    FILE *file = path ? fopen(path, "r") : NULL;
    word[0] = 0;
    if (file) {
        if (!fgets(word, (int)room, file)) word[0] = 0;
        fclose(file);
        word[strcspn(word, "\n")] = 0;
    }
}

/* The status to answer instead, or 0. */
static int mind(const char *function) {
    char word[64];
    mood(word, sizeof word);
    printf("sdtapi: %s\n", function);
    fflush(stdout);
    if (write(1, "\xaa\xaa\xaa\x96\x69\x00\x04\x00\x00\x90\x94", 11) < 0) return 0x24;
    if (!strcmp(word, "crash")) abort();
    if (!strcmp(word, "segfault")) *(volatile int *)0 = 1;
    if (!strcmp(word, "hang")) for (;;) pause();
    if (!strcmp(word, "slow")) usleep(1500000);
    if (!strncmp(word, "status_", 7)) return (int)strtol(word + 7, NULL, 16);
    return 0;
}

int SDT_OpenPort(int port) {
    int instead = mind("open");
    if (instead) return instead;
    opened = port;
    return port == 1016 ? 0x01 : 0x90;
}

int SDT_ClosePort(int port) {
    const char *path = getenv("SDTAPI_CLOSED");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) { fprintf(file, "%d", port); fclose(file); }
    return 0x90;
}

int SDT_ResetSAM(int port, int if_open) { int instead = mind("reset"); return instead ? instead : 0x90; }

int SDT_GetSAMStatus(int port, int if_open) {
    int instead = mind("status");
    if (instead) return instead;
    return port == opened && if_open == 0 ? 0x90 : 0x01;
}

#ifndef WITHOUT_BINARY_ID
int SDT_GetSAMID(int port, unsigned char *id, int if_open) {
    int instead = mind("id");
    if (instead) return instead;
    memcpy(id, "\0\0\0\0\0\0\0\0DEMODEMO", 16);
    return 0x90;
}
#endif

int SDT_GetSAMIDToStr(int port, char *id, int if_open) {
    int instead = mind("id");
    if (instead) return instead;
    strcpy(id, "05.03-20140101-0000000001-4294967295");
    return 0x90;
}

int SDT_StartFindIDCard(int port, unsigned char *info, int if_open) {
    char word[64];
    int instead = mind("find");
    mood(word, sizeof word);
    if (instead) return instead;
    if (delivered || !strcmp(word, "no_card")) return 0x80;
    memset(info, 0, 4);
    return 0x9f;
}

int SDT_SelectIDCard(int port, unsigned char *serial, int if_open) {
    int instead = mind("select");
    if (instead) return instead;
    memset(serial, 0, 8);
    return 0x90;
}

int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned int *text_size, unsigned char *photo,
                    unsigned int *photo_size, int if_open) {
    char word[64];
    FILE *file;
    int instead = mind("read");
    mood(word, sizeof word);
    if (instead) return instead;
    file = fopen(getenv("SDTAPI_CARD"), "rb");
    if (!file) return 0x41;
    *text_size = (unsigned int)fread(text, 1, 256, file);
    *photo_size = (unsigned int)fread(photo, 1, 1024, file);
    fclose(file);
    if (!strcmp(word, "garbage_length")) *text_size = 0xfffffff0u;
    if (!strcmp(word, "short_photo")) *photo_size = 17;
    delivered = 1;
    return 0x90;
}

#ifndef WITHOUT_ADDRESS
int SDT_ReadNewAppMsg(int port, unsigned char *address, unsigned int *size, int if_open) {
    char word[64];
    int instead = mind("address");
    mood(word, sizeof word);
    if (instead) return instead;
    *size = !strcmp(word, "garbage_length") ? 0xfffffff0u : 0;
    return *size ? 0x90 : 0x91;
}
#endif
