import { execa } from "execa";

/** Makes an account for one test and gives its number; `remove` takes it away, with its home. */
export async function createUser(name: string): Promise<{ readonly uid: number; remove(): Promise<void> }> {
  await execa("useradd", ["--create-home", "--shell", "/bin/sh", name]);
  const { stdout } = await execa("id", ["-u", name]);
  return {
    uid: Number(stdout),
    async remove() {
      await execa("userdel", ["--remove", name], { reject: false });
    },
  };
}
